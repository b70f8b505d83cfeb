/**
 * The nails' shape and length.
 */
import { type NailShape, SHAPES } from 'lunula'
import { element } from '../elements.ts'
import type { MessageKey } from '../i18n.ts'
import type { Wearing } from '../wearing.ts'
import { check, nail, onChoice, radioTile } from './tile.ts'

/** A shape shows on a lengthened nail only: so much is added with the first one that is chosen. */
const FIRST_LENGTH = 0.4

const shapes = element('shapes', HTMLElement)
const length = element('length', HTMLInputElement)

export function mountShapes(wearing: Wearing): void {
  shapes.append(...SHAPES.map((shape) => radioTile('shape', shape, `shape.${shape}` as MessageKey, nail({ shape }))))
  onChoice(shapes, (shape) => {
    const short = shape !== 'natural' && !wearing.polish.length
    wearing.choose({ shape: shape as NailShape, ...(short && { length: FIRST_LENGTH }) })
  })
  length.addEventListener('input', () => wearing.choose({ length: Number(length.value) }))
  const show = () => {
    check(shapes, wearing.polish.shape ?? 'natural')
    length.value = String(wearing.polish.length ?? 0)
  }
  wearing.onChange(show)
  show()
}
