import { MASK_SIZE } from '../specs.ts'
import { SHADING } from './look.ts'

/** A GLSL literal. */
function glsl(value: number | [number, number]): string {
  if (typeof value !== 'number') return `vec2(${value.map(glsl).join(', ')})`
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const COMMON = `#version 300 es
precision highp float;
precision highp sampler2DArray;
uniform sampler2D photo;
uniform sampler2DArray masks;
uniform vec4 region; // x, y, width, height: what the photo texture and the viewport show, frame pixels

vec2 uvOf(vec2 position) { return (position - region.xy) / region.zw; }

float luminanceAt(vec2 position) {
  vec3 c = textureLod(photo, uvOf(position), 0.0).rgb;
  vec3 linear = mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
  return dot(linear, vec3(0.2126, 0.7152, 0.0722));
}
`

/** One instance a nail: the mask's square in the frame, and the nail's mean luminance, measured here once a vertex. */
export const VERTEX = `${COMMON}
layout(location = 0) in vec4 toFrameX; // a, b, c of the mask's affine; layer of the mask
layout(location = 1) in vec4 toFrameY; // d, e, f; opacity
layout(location = 2) in vec4 place; // centre; direction as cosine and sine
layout(location = 3) in vec4 extent; // half length, half width; shading, natural
layout(location = 4) in vec4 polish; // linear rgb; gloss

out vec2 inFrame;
out vec2 inMask;
flat out float mean;
flat out vec4 nailPlace;
flat out vec4 nailExtent;
flat out vec4 nailPolish;
flat out vec2 layerAndOpacity;

vec2 frameOf(vec2 p) {
  return vec2(dot(toFrameX.xyz, vec3(p, 1.0)), dot(toFrameY.xyz, vec3(p, 1.0)));
}

void main() {
  const int grid = ${SHADING.meanGrid};
  float sum = 0.0;
  float weight = 0.0;
  for (int i = 0; i < grid * grid; i++) {
    vec2 cell = (vec2(i % grid, i / grid) + 0.5) / float(grid);
    float inside = step(0.5, textureLod(masks, vec3(cell, toFrameX.w), 0.0).r);
    vec2 at = clamp(frameOf(cell * ${glsl(MASK_SIZE)}), region.xy, region.xy + region.zw);
    sum += inside * luminanceAt(at);
    weight += inside;
  }
  mean = max(sum / max(weight, 1.0), 0.01);

  inMask = vec2(gl_VertexID & 1, gl_VertexID >> 1) * ${glsl(MASK_SIZE)};
  inFrame = frameOf(inMask);
  nailPlace = place;
  nailExtent = extent;
  nailPolish = polish;
  layerAndOpacity = vec2(toFrameX.w, toFrameY.w);
  gl_Position = vec4((uvOf(inFrame) * 2.0 - 1.0) * vec2(1.0, -1.0), 0.0, 1.0);
}
`

/** The twin of \`shadePixel\` in canvas_renderer.ts: change both. */
export const FRAGMENT = `${COMMON}
in vec2 inFrame;
in vec2 inMask;
flat in float mean;
flat in vec4 nailPlace;
flat in vec4 nailExtent;
flat in vec4 nailPolish;
flat in vec2 layerAndOpacity;
out vec4 color;

// Cubic B-spline from four bilinear taps (Sigg and Hadwiger, GPU Gems 2, chapter 20): no staircase at any size.
float maskAt(vec2 p) {
  vec2 q = p - 0.5;
  vec2 f = fract(q);
  vec2 i = q - f;
  vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0;
  vec2 w1 = (4.0 - 6.0 * f * f + 3.0 * f * f * f) / 6.0;
  vec2 w3 = f * f * f / 6.0;
  vec2 g0 = w0 + w1;
  vec2 g1 = 1.0 - g0;
  vec2 p0 = (i - 0.5 + w1 / g0) / ${glsl(MASK_SIZE)};
  vec2 p1 = (i + 1.5 + w3 / g1) / ${glsl(MASK_SIZE)};
  float layer = layerAndOpacity.x;
  return g0.y * (g0.x * texture(masks, vec3(p0, layer)).r + g1.x * texture(masks, vec3(p1.x, p0.y, layer)).r)
       + g1.y * (g0.x * texture(masks, vec3(p0.x, p1.y, layer)).r + g1.x * texture(masks, vec3(p1, layer)).r);
}

void main() {
  float mask = maskAt(inMask);
  float coverage = clamp((mask - 0.5) / max(length(vec2(dFdx(mask), dFdy(mask))) * ${glsl(SHADING.edge)}, 1e-4) + 0.5, 0.0, 1.0);
  float alpha = coverage * layerAndOpacity.y;

  vec2 along = nailPlace.zw;
  vec2 across = vec2(-along.y, along.x);
  vec2 offset = inFrame - nailPlace.xy;
  float u = dot(offset, across) / nailExtent.y;
  float v = dot(offset, along) / nailExtent.x;

  float here = luminanceAt(inFrame);
  float ring = here;
  for (int i = 0; i < ${SHADING.blurTaps}; i++) {
    float angle = float(i) * ${glsl((2 * Math.PI) / SHADING.blurTaps)};
    ring += luminanceAt(inFrame + vec2(cos(angle), sin(angle)) * ${glsl(SHADING.blurRadius)} * nailExtent.y);
  }
  ring /= ${glsl(SHADING.blurTaps + 1)};

  float scene = pow(min(mean / ${glsl(SHADING.darkBelow)}, 1.0), ${glsl(SHADING.darkExponent)});
  float shade = pow(clamp(ring / mean, ${glsl(SHADING.least)}, ${glsl(SHADING.most)}), nailExtent.z);
  float side = 1.0 - ${glsl(SHADING.sideShade)} * min(u * u * u * u, 1.0);
  float own = max(here - max(${glsl(SHADING.highlightOverMean)} * mean, ${glsl(SHADING.highlightOverRing)} * ring), 0.0);

  float center = ${glsl(SHADING.offset)} * dot(across, ${glsl(SHADING.light)});
  float d = u - center;
  float narrow = exp(-d * d / ${glsl(2 * SHADING.narrow[0] ** 2)}) * ${glsl(SHADING.narrow[1])};
  float wide = exp(-d * d / ${glsl(2 * SHADING.wide[0] ** 2)}) * ${glsl(SHADING.wide[1])};
  float fade = smoothstep(${glsl(SHADING.fadeIn[0])}, ${glsl(SHADING.fadeIn[1])}, v)
             * (1.0 - smoothstep(${glsl(SHADING.fadeOut[0])}, ${glsl(SHADING.fadeOut[1])}, v));

  vec3 light = nailPolish.rgb * shade * side * scene + own * nailExtent.w + (narrow + wide) * fade * nailPolish.w * scene;
  light = clamp(light, 0.0, 1.0);
  vec3 srgb = mix(light * 12.92, 1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, light));
  color = vec4(srgb * alpha, alpha);
}
`
