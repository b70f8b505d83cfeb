import { EVERYTHING } from './finishes.ts'
import { fragmentOf } from './nail.ts'

export { VERTEX } from './nail.ts'

export const FRAGMENT = fragmentOf(EVERYTHING)
