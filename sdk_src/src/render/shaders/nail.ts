import { MASK_SIZE, MAX_NAILS } from '../../specs.ts'
import { SHADING } from '../coat.ts'
import { EDGE } from './edge.ts'
import { glsl } from './glsl.ts'
import { REFLECTION } from './reflection.ts'

/**
 * vec4 rows a nail has in the uniform block `Nails`, as `NailRows` writes them:
 *
 * 0, 1: frame to mask pixels; layer of the mask, opacity
 * 2: centre; direction as cosine and sine
 * 3: half length, half width; seed; finish
 * 4: colour; gloss. 5: accent; exponent of the shading
 * 6: what is drawn: left, base, right, end
 * 7: tip; start and end of the lengthened part; 1 where it is lengthened
 * 8: its middle and half width; share of own highlights; layer of the pattern, -1 without
 * 9: its curve; v of the mirror. 10, 11: axis and across in space; angle of the mirror
 */
export const ROWS = 12

const COMMON = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
#define SIZE ${glsl(MASK_SIZE)}
#define ROW(i) rows[nailIndex * ${ROWS} + i]
#define ROWS_UV(at) vec2(dot(ROW(0).xyz, vec3(at, 1.0)), dot(ROW(1).xyz, vec3(at, 1.0))) / SIZE
layout(std140) uniform Nails { vec4 rows[${MAX_NAILS * ROWS}]; };
uniform sampler2D photo;
uniform sampler2DArray masks;
uniform vec4 region; // x, y, width, height: what the photo texture and the viewport show, frame pixels

vec2 uvOf(vec2 position) { return (position - region.xy) / region.zw; }
vec3 photoAt(vec2 position) { return textureLod(photo, uvOf(position), 0.0).rgb; }
// sRGB to linear light within 0.002, without a power.
vec3 toLinear(vec3 c) { return c * (c * (c * 0.305306 + 0.682171) + 0.012523); }
const vec3 LUMINANCE = vec3(0.2126, 0.7152, 0.0722);
float luminanceAt(vec2 position) { return dot(toLinear(photoAt(position)), LUMINANCE); }
`

/**
 * One instance a nail: a rectangle along its axis. The light on the nail is fitted here, once a corner: the logarithm of
 * the luminance as a + b u + c v + d u², by least squares, then again with highlights and the white tip counting less.
 */
export const VERTEX = `${COMMON}
flat out int nailIndex;
flat out vec4 fit;
flat out vec3 tint;
out vec2 place;

vec2 frameOf(vec2 p) {
  vec2 along = ROW(2).zw, q = p * ROW(3).yx;
  return ROW(2).xy + along * q.y + vec2(-along.y, along.x) * q.x;
}

vec4 fitted(vec4 before, bool robust) {
  mat4 normal = mat4(0.0);
  vec4 sum = vec4(0.0);
  vec3 colors = vec3(0.0);
  float count = 1e-3;
  for (int i = 0; i < ${SHADING.fitGrid ** 2}; i++) {
    vec2 p = (vec2(i % ${SHADING.fitGrid}, i / ${SHADING.fitGrid}) + 0.5) / ${glsl(SHADING.fitGrid / 2)} - 1.0;
    vec2 at = frameOf(p);
    vec2 uv = uvOf(at);
    float inside = step(0.6, textureLod(masks, vec3(ROWS_UV(at), ROW(0).w), 0.0).r) * step(abs(uv.x - 0.5), 0.5) * step(abs(uv.y - 0.5), 0.5);
    if (inside == 0.0) continue;
    vec4 basis = vec4(1.0, p, p.x * p.x);
    vec3 c = toLinear(photoAt(at));
    float value = log(max(dot(c, LUMINANCE), 0.004));
    float off = value - dot(before, basis);
    off /= off > 0.0 ? ${glsl(SHADING.fitBright)} : ${glsl(SHADING.fitDark)};
    float weight = robust ? 1.0 / (1.0 + off * off) : 1.0;
    normal += outerProduct(basis, basis) * weight;
    sum += basis * value * weight;
    colors += c * weight;
    count += weight;
  }
  vec4 flatness = vec4(1e-4, vec3(${glsl(SHADING.fitFlat)}) ) * count;
  for (int i = 0; i < 4; i++) normal[i][i] += flatness[i];
  float warmth = pow(clamp((colors.b + 1e-3) / (colors.g + 1e-3) / ${glsl(SHADING.warmBelow)}, ${glsl(SHADING.warmest)}, 1.0), ${glsl(SHADING.warmExponent)});
  tint = vec3(1.0, mix(1.0, warmth, ${glsl(SHADING.warmGreen)}), warmth);
  return inverse(normal) * sum;
}

void main() {
  nailIndex = gl_InstanceID;
  fit = fitted(fitted(vec4(0.0), false), true);
  place = mix(ROW(6).xy, ROW(6).zw, vec2(gl_VertexID & 1, gl_VertexID >> 1));
  gl_Position = vec4((uvOf(frameOf(place)) * 2.0 - 1.0) * vec2(1.0, -1.0), 0.0, 1.0);
}
`

/** What a shader can paint beside natural nails of one colour. */
export interface Extras {
  /** Functions and uniforms. */
  functions: string
  /** Statements before anything is left out, for what needs derivatives. */
  before: string
  /** Statements that set `longer` and `shadow`. */
  longer: string
  /** The colours that may not be lit more than white, as an expression. */
  brightest: string
  /** Statements that declare `light`, the coat's own colour in the light, before gloss. */
  coat: string
}

/** What it shares with \`canvas_renderer.ts\` (mask, fit, shade, coats without flakes) is to be changed in both. */
export function fragmentOf({ functions, before, longer, brightest, coat }: Extras): string {
  return `${COMMON}
flat in int nailIndex;
flat in vec4 fit;
flat in vec3 tint;
in vec2 place;
out vec4 color;
float rawAt(vec2 uv) { return textureLod(masks, vec3(uv, ROW(0).w), 0.0).r; }
${EDGE}
${REFLECTION}
${functions}

void main() {
  vec2 along = ROW(2).zw, across = vec2(-along.y, along.x), extent = ROW(3).yx;
  vec2 q = place * extent;
  vec2 at = ROW(2).xy + along * q.y + across * q.x;
  vec2 uv = ROWS_UV(at);
  bool inMask = all(lessThan(abs(uv - 0.5), vec2(0.5)));
  float mask = inMask ? maskAt(uv) : 0.0;
  float slope = length(vec2(dFdx(mask), dFdy(mask)));
  ${before}
  float pixel = length(vec2(dFdx(q.x), dFdy(q.x))); // frame pixels per output pixel

  float trust = 0.0, edge = max(slope * ${glsl(SHADING.edge)}, 1e-4), sharp = mask;
  if (mask > 0.12 && mask < 0.88) sharp = guided(at, mask, slope, trust);
  edge = mix(edge, max(edge, 0.55), trust);
  float own = clamp((sharp - 0.5) / edge + 0.5, 0.0, 1.0);
  float longer = -1e3, shadow = 0.0;
  ${longer}
  float coverage = max(own, clamp(longer / pixel + 0.5, 0.0, 1.0));
  float alpha = coverage * ROW(1).w;
  if (alpha + shadow < 0.002) discard;

  // Light: the fit where there is no nail, the photo's own where there is.
  float inNail = smoothstep(0.5, 0.9, mask);
  vec2 p = clamp(place, -1.15, 1.15);
  float smooth_ = exp(dot(fit, vec4(1.0, p, p.x * p.x)));
  float level = exp(fit.x + fit.w / 3.0);
  float here = luminanceAt(at), ring = here;
  for (int i = 0; i < ${SHADING.blurTaps}; i++) {
    float angle = float(i) * ${glsl((2 * Math.PI) / SHADING.blurTaps)};
    ring += luminanceAt(at + vec2(cos(angle), sin(angle)) * ${glsl(SHADING.blurRadius)} * ROW(3).y);
  }
  ring /= ${glsl(SHADING.blurTaps + 1)};
  float rest = ring / smooth_;
  rest = pow(clamp(rest, 0.3, 2.0), rest < 1.0 ? ${glsl(SHADING.darker)} : ${glsl(SHADING.brighter)});
  float grain = pow(clamp(here / max(ring, 1e-3), 0.7, 1.4), ${glsl(SHADING.grain)});
  float scene = pow(min(level / ${glsl(SHADING.darkBelow)}, 1.0), ${glsl(SHADING.darkExponent)});
  bool grown = ROW(7).w > 0.0;
  // Away from the white tip; of a lengthened nail the own tip must not show at all.
  float bed = inNail * (grown ? 1.0 - smoothstep(0.0, 0.55, place.y) : 1.0 - smoothstep(0.55, 1.0, place.y));
  vec3 most = ${brightest};
  float room = 1.0 - ${glsl(SHADING.headroom)} * pow(max(most.r, max(most.g, most.b)), 2.0);
  float lit = pow(clamp(smooth_ / level, ${glsl(SHADING.least)}, ${glsl(SHADING.most)}), ROW(5).w) * mix(1.0, rest * grain, max(bed, grown ? 0.0 : inNail * 0.4));
  lit = min(lit, 1.0 + (lit - 1.0) * room);
  float turned = min(abs(place.x), 1.1);
  float thick = max(smoothstep(0.5, 0.95, mask), smoothstep(0.0, 0.14 * ROW(3).y, longer));
  lit *= (1.0 - ${glsl(SHADING.sideShade)} * turned * turned * turned) * (1.0 - ${glsl(SHADING.edgeShade)} * (1.0 - thick)) * scene;
  float shine = max(here - max(${glsl(SHADING.highlightOverMean)} * smooth_, ${glsl(SHADING.highlightOverRing)} * ring), 0.0) * max(bed, grown ? 0.0 : inNail * 0.15);

  float theta = clamp(place.x, -1.2, 1.2) * ${glsl(SHADING.curve)};
  float full = grown ? ROW(7).z : ROW(7).x; // where the tip is now
  float angle = theta - ROW(10).w, v = (place.y + 1.0) / (full + 1.0) * 2.0 - 1.0 - ROW(9).w;

  ${coat}
  light += shine * ROW(8).z + reflection(angle, v) * ROW(4).w * scene;
  light = clamp(light, 0.0, 1.0);
  vec3 srgb = mix(light * 12.92, 1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, light));
  color = vec4(srgb * alpha, alpha + (1.0 - alpha) * shadow);
}
`
}
