/**
 * The palette: families of shades as a nail bar sorts them, light to deep where that reads well. Names and colours are
 * ours; sRGB hexadecimal. A shade that is never worn in gloss brings its finish along.
 */
import type { Finish } from 'lunula'

export interface Shade {
  readonly name: string
  readonly color: string
  readonly finish?: Finish
}

export interface Family {
  /** Its message is `family.` and this. */
  readonly name: string
  readonly shades: readonly Shade[]
}

export const FAMILIES: readonly Family[] = [
  {
    name: 'reds',
    shades: [
      { name: 'Garnet', color: '#8a0f2c' },
      { name: 'Rowan', color: '#c3182c' },
      { name: 'Ember', color: '#d9452f' },
      { name: 'Sour Cherry', color: '#a5123f' },
      { name: 'Postbox', color: '#d31126' },
      { name: 'Brick', color: '#9c3428' },
    ],
  },
  {
    name: 'nudes',
    shades: [
      { name: 'Oat', color: '#dcbfa4' },
      { name: 'Almond', color: '#c4977a' },
      { name: 'Clay', color: '#a56c55' },
      { name: 'Biscuit', color: '#cfa88c' },
      { name: 'Ballet', color: '#e8c7bb' },
      { name: 'Chai', color: '#b98a6b' },
    ],
  },
  {
    name: 'pinks',
    shades: [
      { name: 'Petal', color: '#f2bcc4' },
      { name: 'Peony', color: '#e27a9b' },
      { name: 'Fuchsia', color: '#c7266d' },
      { name: 'Rosewood', color: '#a9586a' },
      { name: 'Sorbet', color: '#f08fa8' },
      { name: 'Neon Rose', color: '#f2377e' },
    ],
  },
  {
    name: 'corals',
    shades: [
      { name: 'Apricot', color: '#f0a77f' },
      { name: 'Melon', color: '#f2785c' },
      { name: 'Papaya', color: '#e8663f' },
      { name: 'Terracotta', color: '#bf5a3c' },
    ],
  },
  {
    name: 'berries',
    shades: [
      { name: 'Plum', color: '#4c1735' },
      { name: 'Mulberry', color: '#7a1f4a' },
      { name: 'Damson', color: '#5a2a5e' },
      { name: 'Lilac', color: '#b99ac9' },
      { name: 'Heather', color: '#8f6c97' },
      { name: 'Fig', color: '#5e2b3c' },
    ],
  },
  {
    name: 'browns',
    shades: [
      { name: 'Cocoa', color: '#6d4335' },
      { name: 'Caramel', color: '#9a6238' },
      { name: 'Espresso', color: '#35211c' },
      { name: 'Walnut', color: '#57372a' },
    ],
  },
  {
    name: 'blues',
    shades: [
      { name: 'Mist', color: '#adc0cf' },
      { name: 'Cornflower', color: '#5c80c6' },
      { name: 'Deep Water', color: '#134170' },
      { name: 'Lagoon', color: '#1f8a9c' },
      { name: 'Ultramarine', color: '#2436a3' },
      { name: 'Denim', color: '#3f5a80' },
    ],
  },
  {
    name: 'greens',
    shades: [
      { name: 'Pistachio', color: '#b9c99a' },
      { name: 'Sage', color: '#8b9d83' },
      { name: 'Pine', color: '#1d4b3c' },
      { name: 'Emerald', color: '#0f6b4f' },
      { name: 'Olive', color: '#5f6134' },
      { name: 'Matcha', color: '#94a862' },
    ],
  },
  {
    name: 'darks',
    shades: [
      { name: 'Midnight', color: '#1c2040' },
      { name: 'Ink', color: '#151417' },
      { name: 'Slate', color: '#454850' },
      { name: 'Aubergine', color: '#2b1526' },
    ],
  },
  {
    name: 'pearls',
    shades: [
      { name: 'Moonmilk', color: '#f4f0e9' },
      { name: 'Oyster', color: '#d9d0c8', finish: 'shimmer' },
      { name: 'Rose Pearl', color: '#e5c9c7', finish: 'shimmer' },
      { name: 'Silver Birch', color: '#b8b6b9' },
      { name: 'Butter', color: '#f1e2a8' },
      { name: 'Abalone', color: '#bfd3d0', finish: 'holographic' },
    ],
  },
  {
    name: 'metals',
    shades: [
      { name: 'Antique Gold', color: '#b8923f', finish: 'metallic' },
      { name: 'Rose Gold', color: '#c98f7f', finish: 'metallic' },
      { name: 'Copper', color: '#b0643c', finish: 'metallic' },
      { name: 'Mercury', color: '#c3c6cc', finish: 'chrome' },
      { name: 'Gunmetal', color: '#5d6168', finish: 'chrome' },
      { name: 'Stardust', color: '#8d86b8', finish: 'glitter' },
    ],
  },
]

export const SHADES: readonly Shade[] = FAMILIES.flatMap((family) => family.shades)

/** The palette's shade of a colour, if it is one of the palette's. */
export function shadeOf(color: string): Shade | undefined {
  return SHADES.find((shade) => shade.color === color.toLowerCase())
}

/** "Sour Cherry" → "sour-cherry": for test ids, file names and what is remembered. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** The ink, dark or light, that reads better on a shade: WCAG 2 relative luminance, crossing at 0.18. */
export function inkOn(color: string): '#1d1519' | '#ffffff' {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const s = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#1d1519' : '#ffffff'
}
