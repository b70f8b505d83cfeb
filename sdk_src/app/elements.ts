/**
 * The elements that a page promises, found by id and checked once, with a name in the error.
 */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} with the id "${id}"`)
  return found
}
