import { reasonOf } from '../reason.ts'
import { type Failure, fail } from '../worker/failure.ts'
import { sha256 } from './digest.ts'
import type { Entry } from './manifest.ts'

/** Waits between the tries, milliseconds; one try more than there are waits. */
const BACKOFF_MS = [250, 1000]

/**
 * Downloads one file and verifies it; what arrives damaged is asked for again, past the HTTP cache.
 *
 * Throws `shard-corrupt` after the last try, `shard-missing` when the server does not have it, `offline-not-cached`
 * when there is no connection.
 */
export async function fetchEntry(entry: Entry, base: URL, onBytes: (bytes: number) => void): Promise<ArrayBuffer> {
  const url = new URL(entry.path, base)
  for (let attempt = 0; ; attempt++) {
    let counted = 0
    const count = (bytes: number) => {
      counted += bytes
      onBytes(bytes)
    }
    try {
      return await tryOnce(entry, url, attempt === 0 ? 'default' : 'reload', count)
    } catch (thrown) {
      onBytes(-counted)
      const wait = BACKOFF_MS[attempt]
      if (!(thrown instanceof Retryable)) throw thrown
      if (wait === undefined) throw thrown.final(attempt + 1)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/** A failure that another try may mend, and the error that it becomes after the last one. */
class Retryable extends Error {
  constructor(readonly final: (tries: number) => Failure) {
    super('try again')
  }
}

async function tryOnce(
  { path, sha256: expected, bytes }: Entry,
  url: URL,
  cache: RequestCache,
  onBytes: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const response = await fetch(url, { cache }).catch((thrown) => {
    throw new Retryable(() => fail('offline-not-cached', { path }, thrown))
  })
  if (!response.ok) {
    const missing = () => fail('shard-missing', { path, detail: `the server answered ${response.status}` })
    throw response.status >= 500 ? new Retryable(missing) : missing()
  }
  const damaged = (detail: string, cause?: unknown) =>
    new Retryable((tries) => fail('shard-corrupt', { path, detail, tries }, cause))
  const data = await readBody(response, bytes, onBytes).catch((thrown) => {
    throw damaged(`the connection was cut: ${reasonOf(thrown)}`, thrown)
  })
  if (data.byteLength !== bytes || (await sha256(data)) !== expected) {
    const html = response.headers.get('content-type')?.includes('text/html')
    const length = `${data.byteLength} of ${bytes} bytes`
    throw damaged(html ? 'an HTML page came instead' : data.byteLength === bytes ? 'its content is wrong' : length)
  }
  return data
}

/** Reads at most `most` + 1 bytes, so that an endless answer ends. */
async function readBody(response: Response, most: number, onBytes: (bytes: number) => void): Promise<ArrayBuffer> {
  if (!response.body) return response.arrayBuffer()
  const data = new Uint8Array(most + 1)
  const reader = response.body.getReader()
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return data.buffer.slice(0, length)
    const part = value.subarray(0, data.length - length)
    data.set(part, length)
    length += part.length
    onBytes(Math.min(length, most) - Math.min(length - part.length, most))
    if (length > most) {
      await reader.cancel()
      return data.buffer
    }
  }
}
