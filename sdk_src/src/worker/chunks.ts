import { reasonOf } from '../reason.ts'
import { fail } from './failure.ts'

/** Loads a file that few pages need. base: what lies beside it. Throws `asset-missing`. */
export async function loadChunk(path: string, base: string) {
  try {
    return await import(new URL(path, base).href)
  } catch (thrown) {
    throw fail('asset-missing', { path, detail: reasonOf(thrown) }, thrown)
  }
}
