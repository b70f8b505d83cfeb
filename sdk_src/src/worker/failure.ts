import type { ErrorDetails, LunulaErrorCode } from '../errors.ts'

/** What the worker throws: a code and its details. The page makes the sentence of it, so that the texts are there once. */
export class Failure extends Error {
  constructor(
    readonly code: LunulaErrorCode,
    readonly details: Record<string, string | number>,
    cause?: unknown,
  ) {
    super(`${code} ${Object.values(details).join(' ')}`, cause === undefined ? undefined : { cause })
  }
}

/** Makes the failure of a code; throwing is up to the caller, so that control flow stays visible. */
export function fail<Code extends LunulaErrorCode>(code: Code, details: ErrorDetails<Code>, cause?: unknown): Failure {
  return new Failure(code, details, cause)
}
