import { SHADOW_REACH } from '../painted.ts'
import { glsl } from './glsl.ts'

/** A nail of another shape or length: how far inside of it a place is. */
export const LENGTHENED = `
// Inside of the lengthened nail, in pixels; negative outside. The twin of halfWidth in shapes.ts.
// least: how little a pixel across may count outside; beside a flat end the slope of the side says nothing.
float lengthened(vec2 p, float least) {
  float t = (p.y - ROW(7).y) / (ROW(7).z - ROW(7).y);
  vec3 curve = ROW(9).xyz;
  float c = clamp(t, 0.0, 1.0);
  float half_ = ROW(8).y * (1.0 - curve.x * c) * pow(max(1.0 - pow(c, curve.y), 0.0), curve.z);
  float slope = (half_ - ROW(8).y * (1.0 - curve.x * (c + 0.01)) * pow(max(1.0 - pow(c + 0.01, curve.y), 0.0), curve.z)) / 0.01;
  // Distance to a slanted side: the slope in pixels across per pixel along.
  slope *= ROW(3).y / ((ROW(7).z - ROW(7).y) * ROW(3).x);
  float side = (half_ - abs(p.x - ROW(8).x)) * ROW(3).y, steep = inversesqrt(1.0 + slope * slope);
  side *= side > 0.0 ? steep : max(steep, least);
  float end = (ROW(7).z - p.y) * ROW(3).x;
  return min(min(side, end), (p.y - ROW(7).y) * ROW(3).x + 0.5);
}
`

/** What it covers, and the shadow that it throws on the finger. */
export const LONGER = `
  if (ROW(7).w > 0.0) { // lengthened
    longer = lengthened(place, 0.35);
    // The light throws the shadow to the lower right.
    vec2 thrown = vec2(dot(vec2(0.5, 0.87), across), dot(vec2(0.5, 0.87), along)) * ${glsl(SHADOW_REACH * 0.5)};
    float reach = ${glsl(SHADOW_REACH)} * ROW(3).y;
    float below = lengthened(place - thrown * ROW(3).y / extent, 1.0);
    shadow = 0.3 * smoothstep(-reach, reach * 0.4, below) * smoothstep(ROW(7).x - 0.25, ROW(7).x + 0.1, place.y);
  }
`
