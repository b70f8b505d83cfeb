import { fragmentOf } from './nail.ts'

export { ROWS, VERTEX } from './nail.ts'

/** Natural nails of one colour: cream, gloss and matte. Of other looks it shows the colour. */
export const FRAGMENT = fragmentOf({
  functions: '',
  before: '',
  longer: '',
  brightest: 'ROW(4).rgb',
  coat: 'vec3 light = ROW(4).rgb * lit * tint;',
})
