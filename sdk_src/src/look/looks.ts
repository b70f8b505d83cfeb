import type { Look } from '../types.ts'

/** A few looks to start from. */
export const LOOKS: readonly Look[] = [
  { name: 'French', polish: { color: '#e8b9ae', finish: 'french', accent: '#f7f3ee' } },
  { name: 'Baby boomer', polish: { color: '#e3aea6', finish: 'ombre', accent: '#f7efe9' } },
  { name: 'Velvet', polish: { color: '#3b1030', finish: 'cat-eye', accent: '#d58ac4' } },
  { name: 'Liquid silver', polish: { color: '#c9ccd3', finish: 'chrome' } },
  { name: 'Glazed', polish: { color: '#f0d9d2', finish: 'shimmer', accent: '#ffffff' } },
  { name: 'Cherry jelly', polish: { color: '#b0122e', finish: 'jelly' } },
  {
    name: 'Party',
    polish: { color: '#1c2040', finish: 'gloss' },
    fingers: { ring: { color: '#39406f', finish: 'glitter', accent: '#d8dcff' } },
  },
  {
    name: 'Picnic',
    polish: { color: '#c3182c', finish: 'gloss' },
    fingers: { ring: { finish: 'pattern', pattern: 'dots' }, thumb: { finish: 'pattern', pattern: 'stripes' } },
  },
]
