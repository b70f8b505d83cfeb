// What is stored in this origin's IndexedDB, whatever the databases are called. The tests call these two by name.

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const sha256 = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Calls visit(value, write) for every record of every store.
async function eachRecord(visit) {
  for (const { name } of await indexedDB.databases()) {
    const database = await promised(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const table = database.transaction(store).objectStore(store)
      const [keys, values] = await Promise.all([promised(table.getAllKeys()), promised(table.getAll())])
      const write = (value, key) =>
        promised(database.transaction(store, 'readwrite').objectStore(store).put(value, key))
      for (const [i, value] of values.entries()) await visit(value, (changed) => write(changed, keys[i]))
    }
    database.close()
  }
}

/** SHA-256 of each stored buffer, JSON of everything else. */
globalThis.storedRecords = async () => {
  const found = []
  await eachRecord(async (value) => {
    found.push(value instanceof ArrayBuffer ? await sha256(value) : JSON.stringify(value))
  })
  return found
}

/** Flips a bit of each stored buffer that has this SHA-256; how many there were. */
globalThis.spoilRecord = async (wanted) => {
  let spoiled = 0
  await eachRecord(async (value, write) => {
    if (!(value instanceof ArrayBuffer) || (await sha256(value)) !== wanted) return
    new Uint8Array(value)[value.byteLength >> 1] ^= 1
    await write(value)
    spoiled += 1
  })
  return spoiled
}
