/** Most affines of a cut: patches of a batch. */
export const MOST_CROPS = 10

/**
 * What `lunula_sample` does in the core (`sdk_src/core/src/sample.cpp`): as many bilinear taps a side as frame pixels lie
 * under an output pixel, eight at most; what lies outside of the frame has neither colour nor weight, so that it comes
 * out as 0. rows: of one output; outputs lie below each other.
 */
export const CROP = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D frame;
uniform vec3 affines[${2 * MOST_CROPS}];
uniform vec3 mean, inverse;
uniform int rows;
layout(location = 0) out vec4 color;

vec4 texel(ivec2 at) {
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, textureSize(frame, 0)))) return vec4(0);
  return vec4(texelFetch(frame, at, 0).rgb, 1);
}

vec4 tap(vec2 position) {
  vec2 corner = floor(position), part = position - corner;
  ivec2 at = ivec2(corner);
  vec4 above = mix(texel(at), texel(at + ivec2(1, 0)), part.x);
  vec4 below = mix(texel(at + ivec2(0, 1)), texel(at + ivec2(1, 1)), part.x);
  return mix(above, below, part.y);
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int image = at.y / rows;
  vec2 pixel = vec2(at.x, at.y - image * rows);
  vec3 x = affines[2 * image], y = affines[2 * image + 1];
  float span = max(length(vec2(x.x, y.x)), length(vec2(x.y, y.y)));
  float taps = clamp(ceil(span - 1e-3), 1., 8.);
  vec4 sum = vec4(0);
  for (float i = .5; i < taps; i++) {
    for (float j = .5; j < taps; j++) {
      vec3 p = vec3(pixel + vec2(j, i) / taps, 1);
      sum += tap(vec2(dot(x, p), dot(y, p)) - .5);
    }
  }
  color = vec4((sum.rgb - sum.a * mean) * inverse / (taps * taps), 0);
}`
