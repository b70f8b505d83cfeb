import { SHADING } from '../coat.ts'
import { glsl } from './glsl.ts'
import { LENGTHENED, LONGER } from './lengthened.ts'
import type { Extras } from './nail.ts'

/**
 * Finish by finish: what the coat's own colour is at a place on the nail, before gloss. Numbers in `switch` are places in
 * `FINISHES`. Noise is a hash of whole numbers (Jarzynski and Olano, Hash Functions for GPU Rendering, 2020): the same on
 * every graphics card. It is taken in the nail's coordinates, so flakes stay where they are on the nail.
 */
const FUNCTIONS = `
uniform sampler2DArray patterns;

vec3 hash(ivec3 p) {
  uvec3 v = uvec3(p) * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> 16u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return vec3(v >> 8u) / 16777216.0;
}

// Flakes of a size (half widths) over a share of the nail. x: cover, y: how it mirrors the light, z: its own number.
vec3 flakes(vec2 p, float cell, float share, float layer, vec2 tilt) {
  float pixels = cell * ROW(3).y;
  float seen = smoothstep(1.0, 2.2, pixels);
  if (seen == 0.0) return vec3(share * 0.44, 0.18, 0.5);
  p = mat2(0.8, 0.6, -0.6, 0.8) * p / cell + layer * 7.3;
  p.x += mod(floor(p.y), 2.0) * 0.5;
  vec2 id = floor(p);
  vec3 h = hash(ivec3(id, int(ROW(3).z) * 8 + int(layer)));
  vec3 k = hash(ivec3(id.yx + 91.0, int(ROW(3).z) * 8 + int(layer) + 4));
  vec2 d = p - id - 0.5 - (h.xy - 0.5) * 0.3;
  float size = mix(0.25, 0.46, k.x);
  float soft = min(0.5, 0.6 / pixels);
  float r = max(abs(d.x) * 0.866 + abs(d.y) * 0.5, abs(d.y)); // a hexagon
  float cover = step(h.z, share) * (1.0 - smoothstep(size - soft, size + soft, r));
  vec2 facet = (k.yz - 0.5) * 2.2 + tilt;
  float mirror = exp(-dot(facet, facet) * 3.5);
  return mix(vec3(share * 0.44, 0.18, 0.5), vec3(cover, mirror, h.x), seen);
}

vec3 spectrum(float x) { return 0.5 + 0.5 * cos(6.2832 * (x + vec3(0.0, 0.67, 0.33))); }

// p: place in half widths; angle: of the curved surface against the mirror; uv: of a pattern.
vec3 coatOf(vec3 color, vec3 accent, vec2 nail, vec2 p, float angle, vec3 normal, float shade, vec3 bare, float inNail, vec4 pattern, float line) {
  vec2 tilt = vec2(angle, nail.y * 0.4 - ROW(9).w);
  switch (int(ROW(3).w)) {
    case 3: {
      vec3 hue = color / max(max(color.r, max(color.g, color.b)), 0.05);
      vec3 glass = mix(vec3(1.2, 0.93, 0.83) * shade, min(bare, 2.0), inNail);
      float depth = 0.35 * nail.x * nail.x - 0.06;
      return color * mix(glass * pow(hue, vec3(depth)), vec3(shade), 0.3);
    }
    case 4: {
      vec3 fine = flakes(p, 0.06, 0.75, 1.0, tilt), large = flakes(p, 0.12, 0.25, 2.0, tilt);
      float pearl = 0.34 * exp(-angle * angle / 0.35);
      float sparkle = (fine.x * (fine.y - 0.25) * 0.7 + large.x * large.y * 0.5) * (0.35 + 0.65 * exp(-angle * angle));
      return (mix(color, accent, pearl) + (accent + 0.15) * sparkle * 0.6) * shade;
    }
    case 5: {
      vec3 fine = flakes(p, 0.09, 0.8, 1.0, tilt), large = flakes(p, 0.17, 0.5, 2.0, tilt * 0.7);
      vec3 coat = color * shade;
      coat = mix(coat, accent * (0.3 * shade + 1.6 * fine.y) * mix(vec3(1.0), spectrum(fine.z) + 0.4, 0.25), fine.x * 0.85);
      return mix(coat, accent * (0.35 * shade + 2.2 * large.y) * mix(vec3(1.0), spectrum(large.z) + 0.4, 0.3), large.x);
    }
    case 6: {
      vec3 grain = hash(ivec3(floor(p.x * 34.0), int(ROW(3).z), 3));
      float foil = 0.45 + 1.0 * exp(-angle * angle / 0.11) + 0.5 * exp(-pow(angle - 1.15, 2.0) / 0.05) + 0.5 * exp(-pow(angle + 1.15, 2.0) / 0.05);
      foil *= 0.94 + 0.12 * grain.x * smoothstep(1.0, 2.0, ROW(3).y / 34.0);
      vec3 fine = flakes(p, 0.06, 0.6, 1.0, tilt);
      return color * shade * (foil + fine.x * (fine.y - 0.2) * 0.35) + foil * foil * 0.02;
    }
    case 7: {
      vec3 r = reflect(vec3(0.0, 0.0, 1.0), normal);
      float up = -r.y - 0.35 * r.x + 0.08;
      float sky = mix(0.16, 0.62, smoothstep(-0.25, 0.1, up)) * mix(1.0, 0.72, smoothstep(0.1, 0.55, up));
      sky += 0.7 * smoothstep(0.45, 0.62, up) * (1.0 - smoothstep(0.8, 0.98, up)) - 0.13 * exp(-pow((up - 0.02) / 0.06, 2.0));
      sky += 0.55 * smoothstep(0.62, 0.8, -up);
      vec3 tint = mix(color, vec3(1.0), 0.08 + 0.4 * pow(1.0 - abs(normal.z), 3.0));
      return tint * sky * 1.5 * mix(1.0, shade, 0.6);
    }
    case 8: {
      float s = nail.y * 0.62 + nail.x * 0.5 - 0.12 - ROW(9).w * 0.5;
      s += 0.10 * nail.x * nail.x;
      vec3 fine = flakes(p, 0.05, 0.9, 1.0, vec2(s * 1.5, 0.3)), large = flakes(p, 0.1, 0.3, 2.0, vec2(s, 0.0));
      float band = exp(-s * s / 0.028) * 0.85 + exp(-s * s / 0.16) * 0.3;
      float dust = 0.75 + 0.6 * fine.x * (fine.y - 0.1) + 0.5 * large.x * large.y;
      return (color * 0.55 + accent * band * dust) * shade;
    }
    case 9: {
      vec3 fine = flakes(p, 0.07, 0.9, 1.0, tilt * 0.5);
      float phase = 0.75 * angle + 0.45 * nail.y + 0.18 * (fine.z - 0.5) * fine.x + ROW(2).w * 0.3;
      vec3 rainbow = mix(vec3(0.5), spectrum(phase), 0.9);
      float beam = 0.55 + 0.65 * exp(-angle * angle / 0.5) + 0.8 * fine.x * (fine.y - 0.2);
      return mix(color, color * 0.35 + rainbow * 0.75, 0.62) * beam * shade;
    }
    case 10: return mix(color, accent, line) * shade;
    case 11: return mix(color, accent, smoothstep(-0.75, 0.85, line)) * shade;
    case 12: return mix(color, pattern.rgb, pattern.a) * shade;
  }
  return color * shade;
}
`

const BEFORE = `
  vec2 tile = vec2(place.x * extent.x, -place.y * extent.y) / (2.0 * max(extent.x, extent.y)) + 0.5;
  vec2 tileX = dFdx(tile), tileY = dFdy(tile);
`

const COAT = `
  // The surface: an arch across, a flatter one along.
  float phi = place.y * ${glsl(SHADING.arch)};
  vec3 axis = ROW(10).xyz, side = ROW(11).xyz, up = cross(side, axis);
  vec3 normal = cos(phi) * (cos(theta) * up + sin(theta) * side) + sin(phi) * axis;
  float line = 0.0;
  int finish = int(ROW(3).w);
  if (finish == 10) line = smoothstep(-1.0, 1.0, ((place.y - full + 0.42 + 0.36 * place.x * place.x) * ROW(3).x) / pixel);
  if (finish == 11) line = (place.y + 1.0) / (full + 1.0) * 2.0 - 1.0;
  vec4 pattern = vec4(0.0);
  if (ROW(8).w >= 0.0) {
    pattern = textureGrad(patterns, vec3(tile, ROW(8).w), tileX, tileY);
    pattern.rgb = toLinear(pattern.rgb / max(pattern.a, 1e-3));
  }
  vec3 light = coatOf(ROW(4).rgb, ROW(5).rgb, place, q / ROW(3).y, angle, normal, lit, toLinear(photoAt(at)) / level * scene, inNail, pattern, line);
  light *= finish == 3 ? vec3(1.0) : tint; // a sheer coat lets the photo's own through
`

/** Every finish of `FINISHES`, on nails of every shape. */
export const EVERYTHING: Extras = {
  functions: LENGTHENED + FUNCTIONS,
  before: BEFORE,
  longer: LONGER,
  brightest: 'max(ROW(4).rgb, ROW(3).w > 9.5 ? ROW(5).rgb : vec3(0.0))',
  coat: COAT,
}
