/** What `finishes.js` holds: shaders for every finish, shape and length, and nail art. */
export { Patterns } from './patterns.ts'
export { FRAGMENT, VERTEX } from './shaders/every_program.ts'
