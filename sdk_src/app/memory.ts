/**
 * Small choices kept on this device. Private windows may refuse storage: then nothing is remembered, and that is all.
 */
const PREFIX = 'lunula.'

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value)
  } catch {
    // Not remembered; nothing else depends on it.
  }
}
