import { each, head } from './common.ts'

/** The mean over height and width. layers: of input and output, whose layouts are alike. */
export function meanShader(layers: number): string {
  return `${head(layers)}
void main() {
  Place here = place();
  int top = here.tile * source.z + here.image * source.y;
${each(layers, (k) => `  vec4 sum${k} = vec4(0);`)}
  for (int y = top; y < top + source.y; y++) {
    for (int x = 0; x < source.x; x++) {
${each(layers, (k) => `      sum${k} += texelFetch(values, ivec3(x, y, ${k}), 0);`)}
    }
  }
  float share = 1. / float(source.x * source.y);
${each(layers, (k) => `  out${k} = sum${k} * share;`)}
}`
}
