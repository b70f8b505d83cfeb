import { SHADING } from '../coat.ts'
import { glsl } from './glsl.ts'

/** What a coat's gloss adds: the mirrored light, a fainter one at the other side, a wide sheen. */
export const REFLECTION = `
float streakAt(float angle, float v, vec3 shape) {
  float width = max(shape.x, 1.2 / ROW(3).y); // narrower than a pixel it would be a row of dashes
  vec2 d = vec2(angle / width, v / shape.y);
  d *= d;
  float s = d.x + d.y * d.y;
  return shape.x / width * (1.0 - smoothstep(0.35, 1.65, s)) * (0.75 + 0.25 * clamp(v / shape.y, -1.0, 1.0));
}

float reflection(float angle, float v) {
  float rimAt = ROW(10).w + (ROW(10).w < 0.0 ? 1.0 : -1.0) * ${glsl(SHADING.rim[0])};
  float side = angle + ROW(10).w - clamp(rimAt, -${glsl(SHADING.rimMost)}, ${glsl(SHADING.rimMost)});
  float main = streakAt(angle, v, ${glsl(SHADING.streak)}) * ${glsl(SHADING.streak[2])};
  float rim = streakAt(side, v - 0.1, vec3(${glsl(SHADING.rim[1])}, 0.5, 0.0)) * ${glsl(SHADING.rim[2])};
  float sheen = exp(-angle * angle / ${glsl(2 * SHADING.sheen[0] ** 2)}) * (1.0 - smoothstep(0.3, 1.1, abs(v))) * ${glsl(SHADING.sheen[1])};
  return main + rim + sheen;
}
`
