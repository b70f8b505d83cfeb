import { head } from './common.ts'

/** Texels of four floats in a row of what is read back. */
export const PACKED_WIDTH = 256

/**
 * A value as it is read back: NHWC, four floats a texel, row after row. target.w: first row of the draw call;
 * params[2]: channels, layers of the value's layout.
 */
export const PACK = `${head(1)}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 four = vec4(0);
  int first = ((at.y - target.w) * ${PACKED_WIDTH} + at.x) * 4;
  for (int i = 0; i < 4; i++) {
    int index = first + i;
    int pixel = index / params[2].x, channel = index - pixel * params[2].x;
    int row = pixel / source.x, group = channel >> 2, tile = group / params[2].y;
    if (row >= source.z) continue;
    ivec3 texel = ivec3(pixel - row * source.x, tile * source.z + row, group - tile * params[2].y);
    four[i] = texelFetch(values, texel, 0)[channel & 3];
  }
  out0 = four;
}`
