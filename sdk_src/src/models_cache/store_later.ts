/** When room may have been made, or the other page that blocked the storage closed. */
const WAITS_MS = [5000, 60_000, 600_000]

/** Tries to store what could not be stored at first, now and then, until it works. store: false while it does not. */
export async function storeLater(store: () => Promise<boolean>, waitsMs = WAITS_MS): Promise<boolean> {
  for (const wait of waitsMs) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    if (await store()) return true
  }
  return false
}
