/**
 * A photo on its way into a page that is about to open: from the system's share sheet (the service worker leaves it, see
 * templates/sw.js.j2) or over the reload of an update. It waits in Cache storage, on this device, and is gone once taken.
 */
const CACHE = 'lunula-handover'
const LEFT_AT = 'x-lunula-left'
/** A photo that nobody took (the page never opened) is deleted by the next page after this time. */
const LONGEST_MS = 3_600_000

/** Leave a photo; its key, or null where nothing can be stored. */
export async function leave(photo: Blob): Promise<string | null> {
  try {
    const key = crypto.randomUUID()
    const headers = { 'content-type': photo.type || 'application/octet-stream', [LEFT_AT]: String(Date.now()) }
    // An ArrayBuffer: WebKit's ephemeral sessions lose Blobs.
    await (await caches.open(CACHE)).put(address(key), new Response(await photo.arrayBuffer(), { headers }))
    return key
  } catch {
    return null
  }
}

/** Take a photo out; null when there is none by that key. */
export async function take(key: string): Promise<Blob | null> {
  try {
    const cache = await caches.open(CACHE)
    const left = await cache.match(address(key))
    const photo = (await left?.blob()) ?? null
    await cache.delete(address(key))
    await deleteForgotten(cache)
    return photo
  } catch {
    return null
  }
}

async function deleteForgotten(cache: Cache): Promise<void> {
  for (const request of await cache.keys()) {
    const left = Number((await cache.match(request))?.headers.get(LEFT_AT))
    if (!(Date.now() - left < LONGEST_MS)) await cache.delete(request)
  }
}

function address(key: string): string {
  return new URL(`handover/${encodeURIComponent(key)}`, document.baseURI).href
}
