/**
 * The palette: six families of four shades, light to deep within a family where that reads well.
 * Names and colours are ours; sRGB hexadecimal.
 */
export interface Shade {
  readonly name: string
  readonly color: string
}

export interface Family {
  readonly name: string
  readonly shades: readonly Shade[]
}

export const FAMILIES: readonly Family[] = [
  {
    name: 'Reds',
    shades: [
      { name: 'Garnet', color: '#8a0f2c' },
      { name: 'Rowan', color: '#c3182c' },
      { name: 'Ember', color: '#d9452f' },
      { name: 'Sour Cherry', color: '#a5123f' },
    ],
  },
  {
    name: 'Nudes',
    shades: [
      { name: 'Oat', color: '#dcbfa4' },
      { name: 'Almond', color: '#c4977a' },
      { name: 'Clay', color: '#a56c55' },
      { name: 'Cocoa', color: '#6d4335' },
    ],
  },
  {
    name: 'Pinks',
    shades: [
      { name: 'Petal', color: '#f2bcc4' },
      { name: 'Peony', color: '#e27a9b' },
      { name: 'Fuchsia', color: '#c7266d' },
      { name: 'Rosewood', color: '#a9586a' },
    ],
  },
  {
    name: 'Darks',
    shades: [
      { name: 'Plum', color: '#4c1735' },
      { name: 'Espresso', color: '#35211c' },
      { name: 'Midnight', color: '#1c2040' },
      { name: 'Ink', color: '#151417' },
    ],
  },
  {
    name: 'Blues',
    shades: [
      { name: 'Mist', color: '#adc0cf' },
      { name: 'Cornflower', color: '#5c80c6' },
      { name: 'Deep Water', color: '#134170' },
      { name: 'Pine', color: '#1d4b3c' },
    ],
  },
  {
    name: 'Pearls',
    shades: [
      { name: 'Moonmilk', color: '#f4f0e9' },
      { name: 'Oyster', color: '#d9d0c8' },
      { name: 'Rose Pearl', color: '#e5c9c7' },
      { name: 'Silver Birch', color: '#b8b6b9' },
    ],
  },
]

export const SHADES: readonly Shade[] = FAMILIES.flatMap((family) => family.shades)

/** "Sour Cherry" → "sour-cherry": for test ids, file names and what is remembered. */
export function slug(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}

/** The ink, dark or light, that reads better on a shade: WCAG 2 relative luminance, crossing at 0.18. */
export function inkOn(color: string): '#1d1519' | '#ffffff' {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const s = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#1d1519' : '#ffffff'
}
