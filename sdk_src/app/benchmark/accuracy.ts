import { type Nail, NailTryOn } from 'lunula'
import { rounded } from './statistics.ts'

/** A photo, and the true nails where they are known: a picture of the same size, black where there is none. */
export interface Photo {
  readonly name: string
  readonly picture: Blob
  readonly mask?: Blob | undefined
}

/** How well the nails of one photo were found. */
export interface Score {
  readonly photo: string
  readonly nails: number
  /**
   * What the nails were compared with: `mask` the photo's own, drawn by hand; `wasm float16` what the same engine finds
   * on WASM with float16 weights, so that this is agreement and no accuracy; null with nothing to compare with.
   */
  readonly against: 'mask' | 'wasm float16' | null
  /** Of all nails' pixels together: intersection over union, 0 to 1. */
  readonly iou: number | null
  /** From photo to nails, milliseconds. */
  readonly ms: number
}

/** Scores the try-on on photos. isReference: whether it is itself what photos without a mask are compared with. */
export async function scorePhotos(
  tryOn: NailTryOn,
  photos: readonly Photo[],
  isReference: boolean,
  onScore: (score: Score) => void,
  signal?: AbortSignal,
): Promise<Score[]> {
  const scores: Score[] = []
  let reference: NailTryOn | undefined
  try {
    for (const { name, picture, mask } of photos) {
      signal?.throwIfAborted()
      const bitmap = await createImageBitmap(picture)
      const since = performance.now()
      const nails = await tryOn.detect(bitmap)
      const ms = rounded(performance.now() - since)
      let truth: Uint8Array | undefined
      if (mask) truth = covered(await createImageBitmap(mask), bitmap)
      else if (!isReference) {
        const assets = new URL('./', document.baseURI)
        reference ??= await NailTryOn.create({ assets, backend: 'wasm', precision: 'float16' })
        truth = rasterised(await reference.detect(bitmap), bitmap)
      }
      const against = mask ? 'mask' : truth ? 'wasm float16' : null
      const iou = truth ? rounded(overlap(rasterised(nails, bitmap), truth)) : null
      const score: Score = { photo: name, nails: nails.length, against, iou, ms }
      scores.push(score)
      onScore(score)
      bitmap.close()
    }
  } finally {
    await reference?.close()
  }
  return scores
}

interface Extent {
  readonly width: number
  readonly height: number
}

function contextFor({ width, height }: Extent): CanvasRenderingContext2D {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  return canvas.getContext('2d', { willReadFrequently: true })!
}

/** 1 where a nail covers a pixel's middle, more or less: canvases draw with soft edges. */
function rasterised(nails: readonly Nail[], extent: Extent): Uint8Array {
  const context = contextFor(extent)
  context.fillStyle = '#fff'
  for (const { contour } of nails) {
    context.beginPath()
    for (let i = 0; i < contour.length; i += 2) context.lineTo(contour[i]!, contour[i + 1]!)
    context.fill()
  }
  return lit(context, 128)
}

/** 1 where the mask shows a nail; one of another size is stretched. */
function covered(mask: ImageBitmap, extent: Extent): Uint8Array {
  const context = contextFor(extent)
  context.imageSmoothingEnabled = false
  context.fillStyle = '#000'
  context.fillRect(0, 0, extent.width, extent.height)
  context.drawImage(mask, 0, 0, extent.width, extent.height)
  return lit(context, 1)
}

function lit(context: CanvasRenderingContext2D, least: number): Uint8Array {
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height)
  return Uint8Array.from({ length: data.length / 4 }, (_, i) =>
    Math.max(data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!) >= least ? 1 : 0,
  )
}

/** Intersection over union; of two empty masks 1. */
function overlap(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0]
  a.forEach((value, i) => {
    both += value & b[i]!
    either += value | b[i]!
  })
  return either === 0 ? 1 : both / either
}
