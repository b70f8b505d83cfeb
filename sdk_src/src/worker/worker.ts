import { reasonOf } from '../reason.ts'
import { Host } from './host.ts'
import { type Notice, type NoticeName, type Notices, PROTOCOL, parseRequest, type Reply, toWire } from './messages.ts'

/** The part of DedicatedWorkerGlobalScope that is used; TypeScript's DOM and worker libraries exclude each other. */
interface WorkerScope extends EventTarget {
  postMessage(message: Reply | Notice, transfer?: Transferable[]): void
}
const scope = globalThis as unknown as WorkerScope

const host = new Host(<Name extends NoticeName>(notice: Name, detail: Notices[Name]) => {
  scope.postMessage({ lunula: PROTOCOL, notice, detail } as Notice)
})

scope.addEventListener('message', (event) => {
  void answer((event as MessageEvent).data)
})

// An error that nobody awaits must reach the page, or it would wait forever.
scope.addEventListener('unhandledrejection', (event) => {
  const { reason } = event as PromiseRejectionEvent
  event.preventDefault()
  setTimeout(() => {
    throw new Error(reasonOf(reason))
  })
})

async function answer(data: unknown): Promise<void> {
  const id = (data as { id?: number } | null)?.id ?? 0
  try {
    const { result, transfer } = await host.serve(parseRequest(data))
    scope.postMessage({ lunula: PROTOCOL, id, result }, transfer)
  } catch (thrown) {
    scope.postMessage({ lunula: PROTOCOL, id, error: toWire(thrown) })
  }
}
