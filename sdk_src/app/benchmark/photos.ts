import type { Photo } from './accuracy.ts'

/** What `samples/samples.json` says of a photo. */
interface Sample {
  readonly id: string
  readonly file: string
}

/** A whole hand, spread: five nails. It is what the moving scenes are drawn from. */
const SCENE_PHOTO = 'samples/kg_4c4a6402-e402.jpg'

async function fetched(path: string): Promise<Blob> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`)
  return response.blob()
}

export async function scenePhoto(): Promise<ImageBitmap> {
  return createImageBitmap(await fetched(SCENE_PHOTO))
}

/** The sample photos with their masks. Offline only those that are stored: the others are left out. */
export async function samplePhotos(): Promise<Photo[]> {
  const { samples } = JSON.parse(await (await fetched('samples/samples.json')).text()) as { samples: Sample[] }
  const found = await Promise.allSettled(
    samples.map(async ({ id, file }) => {
      const [picture, mask] = await Promise.all([fetched(`samples/${file}`), fetched(`samples/masks/${id}.png`)])
      return { name: id, picture, mask }
    }),
  )
  return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
}

/** Photos that a person chose; NAME.png beside NAME.jpg is its mask. */
export function chosenPhotos(files: readonly File[]): Photo[] {
  const stem = (file: File) => file.name.replace(/\.[^.]*$/, '')
  const masks = new Map(files.filter((file) => file.type === 'image/png').map((file) => [stem(file), file]))
  const pictures = files.filter((file) => file.type !== 'image/png')
  if (pictures.length === 0) return files.map((file) => ({ name: file.name, picture: file }))
  return pictures.map((file) => ({ name: file.name, picture: file, mask: masks.get(stem(file)) }))
}
