/** GLSL of numbers 0 … count - 1. */
export function each(count: number, text: (index: number) => string, joint = '\n'): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(joint)
}

/** One triangle over the viewport, without a vertex buffer. */
export const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1);
}`

/** Ints that a draw call gets: the fields of `Draw.params`, four each. */
export const PARAMS = 4

/**
 * Where a fragment is: in which tile, image and pixel of its layout. layers: of the output.
 *
 * source: width, height, rows of a tile, tiles. target: width, height, rows of a tile, first tile of the draw call.
 */
export function head(layers: number): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform ivec4 params[${PARAMS}];
#define source params[0]
#define target params[1]
uniform sampler2DArray values;
${each(layers, (k) => `layout(location = ${k}) out vec4 out${k};`)}
struct Place { int tile, image; ivec2 pixel; };
Place place() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int tile = at.y / target.z;
  int row = at.y - tile * target.z;
  int image = row / target.y;
  return Place(tile, image, ivec2(at.x, row - image * target.y));
}
`
}
