import type { Variant } from '../backends/backend.ts'
import { ERROR_CODES, type ErrorDetails, fail, type LunulaError, type LunulaErrorCode } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Extent } from '../pipeline/extent.ts'
import { reasonOf } from '../reason.ts'
import type { Backend, MemoryReport, Nail, Progress, Storage, Timings } from '../types.ts'
import { Failure } from './failure.ts'
import {
  isBackend,
  isDetection,
  isFrameArgument,
  isMemoryReport,
  isNull,
  isOptions,
  isProgress,
  isReady,
  isRecord,
  isText,
} from './shapes.ts'

/** Raised with every change of the messages: a stale worker.js from a cache must not be misread. */
export const PROTOCOL = 7

/** A picture on its way to the worker; all but ImageData are transferred without a copy. */
export type Frame = VideoFrame | ImageBitmap | ImageData

/** A frame, and the size of what it was taken from: nails are given in the source's pixels. */
export interface FrameArgument {
  frame: Frame
  source: Extent
}

/** What the worker starts with. */
export interface InitArgument extends ResolvedOptions {
  /** The way to compute that won in this browser the last time. */
  remembered: Variant | undefined
}

/** What the worker is when it is ready. */
export interface Ready {
  backend: Backend
  /** What to remember. */
  variant: Variant
  storage: Storage
  /** Why nothing could be stored. */
  storageReason: string | undefined
  modelVersion: string
  /** Whether the worker can draw bitmaps; else it needs pixels. */
  bitmaps: boolean
}

export interface Detection {
  nails: Nail[]
  timings: Timings
  /** Input tier of pass 1. */
  tier: number
}

/** What the page can ask of the worker. */
export interface Calls {
  init: { argument: InitArgument; result: Ready }
  /** A still: waits its turn. */
  detect: { argument: FrameArgument; result: Detection }
  /** A frame of a video: null when a newer one took its place. */
  track: { argument: FrameArgument; result: Detection | null }
  /** The next frame belongs to another video. */
  forget: { argument: null; result: null }
  /** The caller of this request is gone; no answer is owed. */
  cancel: { argument: { id: number }; result: null }
  memory: { argument: null; result: MemoryReport }
  /** Are you there? Answered at once, unless an inference holds the thread. */
  ping: { argument: null; result: null }
}
export type CallName = keyof Calls

/** What the worker tells without being asked. */
export interface Notices {
  progress: Progress
  /** A context was lost; what computes now. */
  recovered: { backend: Backend }
  /** What could not be stored at first is stored now. */
  stored: Record<never, never>
}
export type NoticeName = keyof Notices

export type Request = {
  [Name in CallName]: { lunula: number; id: number; call: Name; argument: Calls[Name]['argument'] }
}[CallName]
export type Reply = { lunula: number; id: number } & ({ result: unknown } | { error: WireError })
export type Notice = { [Name in NoticeName]: { lunula: number; notice: Name; detail: Notices[Name] } }[NoticeName]

/** An error as plain data: structured cloning would lose its code. The page has the sentences. */
export interface WireError {
  code: LunulaErrorCode
  details: Record<string, string | number>
  cause?: string
}

type Check = (value: unknown) => boolean

// Two tables: each side's bundle holds only what it checks.
const ARGUMENTS: Record<CallName, Check> = {
  init: isOptions,
  detect: isFrameArgument,
  track: isFrameArgument,
  forget: isNull,
  cancel: (value) => isRecord(value) && Number.isInteger(value.id),
  memory: isNull,
  ping: isNull,
}
const RESULTS: Record<CallName, Check> = {
  init: isReady,
  detect: isDetection,
  track: (value) => value === null || isDetection(value),
  forget: isNull,
  cancel: isNull,
  memory: isMemoryReport,
  ping: isNull,
}
const NOTICES: Record<NoticeName, Check> = {
  progress: isProgress,
  recovered: (value) => isRecord(value) && isBackend(value.backend),
  stored: isRecord,
}

/** Checks what the page sent. Throws an Error that says what is wrong. */
export function parseRequest(data: unknown): Request {
  const message = requireVersion(data)
  if (!Number.isInteger(message.id)) throw new Error('a request without an id')
  if (typeof message.call !== 'string' || !Object.hasOwn(ARGUMENTS, message.call)) {
    throw new Error(`an unknown request "${String(message.call)}"`)
  }
  if (!ARGUMENTS[message.call as CallName](message.argument)) throw new Error(`a wrong argument of "${message.call}"`)
  return message as unknown as Request
}

/** Checks what the worker sent. Throws an Error that says what is wrong. */
export function parseAnswer(data: unknown): Reply | Notice {
  const message = requireVersion(data)
  if ('notice' in message) {
    if (!isText(message.notice) || !Object.hasOwn(NOTICES, message.notice)) throw new Error('an unknown notice')
    if (!NOTICES[message.notice as NoticeName](message.detail)) throw new Error(`a wrong "${message.notice}"`)
    return message as unknown as Notice
  }
  if (!Number.isInteger(message.id)) throw new Error('an answer without an id')
  if ('error' in message && !isWireError(message.error)) throw new Error('an error without a code')
  if (!('error' in message) && !('result' in message)) throw new Error('an answer without a result')
  return message as unknown as Reply
}

/** Checks the result of a request, which only its sender knows. Throws an Error that says what is wrong. */
export function requireResult(call: CallName, result: unknown): void {
  if (!RESULTS[call](result)) throw new Error(`a wrong result of "${call}"`)
}

export function toWire(thrown: unknown): WireError {
  if (!(thrown instanceof Failure)) return { code: 'worker-failed', details: { detail: reasonOf(thrown) } }
  const { code, details, cause } = thrown
  return cause === undefined ? { code, details } : { code, details, cause: reasonOf(cause) }
}

export function fromWire({ code, details, cause }: WireError): LunulaError {
  return fail(code, details as ErrorDetails<typeof code>, cause)
}

function requireVersion(data: unknown): Record<string, unknown> {
  if (!isRecord(data) || !('lunula' in data)) throw new Error('a message that is not of Lunula')
  if (data.lunula !== PROTOCOL) throw new Error(`messages of version ${data.lunula}, not ${PROTOCOL}: a file is stale`)
  return data
}

function isWireError(value: unknown): value is WireError {
  return isRecord(value) && ERROR_CODES.includes(value.code as LunulaErrorCode) && isRecord(value.details)
}
