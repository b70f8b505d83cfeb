/** A short text of anything that was thrown, without a full stop: it stands in brackets inside our sentences. */
export function reasonOf(thrown: unknown): string {
  return textOf(thrown).replace(/\.+$/, '')
}

function textOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message)
  return String(thrown)
}
