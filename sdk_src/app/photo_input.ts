/**
 * The ways a photo comes in: the file dialog, drag and drop anywhere on the page, paste.
 * Whether the file is a picture at all is for the SDK to say, in a typed error.
 */
import { element } from './elements.ts'

/** @param onPhoto called with each file that the person gave, whatever its kind */
export function listenForPhotos(onPhoto: (file: Blob) => void): void {
  const input = element('photo-input', HTMLInputElement)
  for (const id of ['photo-button', 'start-photo']) {
    element(id, HTMLButtonElement).addEventListener('click', () => input.click())
  }
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    input.value = '' // so that choosing the same file again is a change again
    if (file) onPhoto(file)
  })
  listenForDrops(onPhoto)
  document.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0]
    if (file) onPhoto(file)
  })
}

function listenForDrops(onPhoto: (file: Blob) => void): void {
  const root = document.documentElement
  let depth = 0 // dragenter and dragleave fire for every child on the way
  const set = (value: number) => {
    depth = Math.max(0, value)
    root.toggleAttribute('data-dragging', depth > 0)
  }
  const carriesFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
  document.addEventListener('dragenter', (event) => {
    if (carriesFile(event)) set(depth + 1)
  })
  document.addEventListener('dragleave', (event) => {
    if (carriesFile(event)) set(depth - 1)
  })
  document.addEventListener('dragover', (event) => {
    if (carriesFile(event)) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!carriesFile(event)) return
    event.preventDefault()
    set(0)
    const file = event.dataTransfer?.files[0]
    if (file) onPhoto(file)
  })
}
