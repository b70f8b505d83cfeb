import type { Extent } from '../pipeline/extent.ts'

/** Enough for the EXIF and ICC segments before a JPEG's size. */
const HEADER_BYTES = 512 * 1024

/**
 * Width and height from a file's header, before hundreds of megabytes are decoded for nothing. Undefined for a format
 * other than JPEG, PNG and WebP, or when the header is not understood: the decoder then decides.
 */
export async function sizeFromHeader(file: Blob): Promise<Extent | undefined> {
  const view = new DataView(await file.slice(0, HEADER_BYTES).arrayBuffer())
  try {
    return png(view) ?? jpeg(view) ?? webp(view)
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined // the header is longer, or cut off
    throw thrown
  }
}

/** PNG specification, 11.2.2: IHDR comes first. */
function png(view: DataView): Extent | undefined {
  if (view.getUint32(0) !== 0x89504e47) return undefined
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

/** ITU T.81, B.2.2: the first start-of-frame segment. Rotation by EXIF swaps the sides, which limits do not mind. */
function jpeg(view: DataView): Extent | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    const startOfFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (startOfFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    if (marker >> 8 !== 0xff) return undefined
  }
}

/** RFC 9649, section 2: simple, lossless and extended files. */
function webp(view: DataView): Extent | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined
  const chunk = view.getUint32(12)
  if (chunk === 0x56503820)
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (chunk === 0x5650384c) {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  if (chunk !== 0x56503858) return undefined
  // Two numbers of 24 bits, each one less than the side.
  return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 }
}
