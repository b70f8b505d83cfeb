/**
 * The page's dialogs: native ones, so that focus, Escape and the screen reader's modality are the browser's.
 */
import { element } from './elements.ts'

/**
 * A dialog with the id `name`, its `name-button` that opens and its `name-close` that closes it; a touch beside it closes
 * it, too.
 *
 * @param onOpen called before it is shown
 */
export function mountDialog(name: string, onOpen: () => void = () => {}): HTMLDialogElement {
  const dialog = element(name, HTMLDialogElement)
  element(`${name}-button`, HTMLButtonElement).addEventListener('click', () => {
    onOpen()
    dialog.showModal()
  })
  element(`${name}-close`, HTMLButtonElement).addEventListener('click', () => dialog.close())
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close() // its content covers the rest of it
  })
  return dialog
}
