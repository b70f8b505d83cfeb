// Everything in this origin's IndexedDB, as {"database/store/key": "bytes or text"}; ArrayBuffers as their SHA-256.
async () => {
  const promised = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const found = {}
  for (const { name } of await indexedDB.databases()) {
    const database = await promised(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const table = database.transaction(store).objectStore(store)
      const [keys, values] = await Promise.all([promised(table.getAllKeys()), promised(table.getAll())])
      for (const [i, value] of values.entries()) {
        const bytes = value instanceof ArrayBuffer ? value : value?.data instanceof ArrayBuffer ? value.data : null
        const shown = bytes ? hex(await crypto.subtle.digest('SHA-256', bytes)) : JSON.stringify(value)
        found[`${name}/${store}/${String(keys[i])}`] = shown
      }
    }
    database.close()
  }
  return found
}
