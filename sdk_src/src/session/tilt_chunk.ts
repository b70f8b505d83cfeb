/** What `tilt.js` holds: how nails are tilted in space, which only `variant: 'r6d'` tells. */
export { spaceOf } from '../render/space.ts'
export { RotationSmoother } from '../tracking/rotation.ts'
