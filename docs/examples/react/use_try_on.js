import { NailTryOn } from 'lunula'
import { useEffect, useState } from 'react'

/** A session for as long as the component is mounted: { tryOn, error }, both null while it loads. */
export function useTryOn(assets) {
  const [session, setSession] = useState({ tryOn: null, error: null })
  useEffect(() => {
    const leaving = new AbortController()
    const created = NailTryOn.create({ assets, signal: leaving.signal })
    created.then(
      (tryOn) => leaving.signal.aborted || setSession({ tryOn, error: null }),
      (error) => leaving.signal.aborted || setSession({ tryOn: null, error }),
    )
    return () => {
      leaving.abort()
      created.then((tryOn) => tryOn.close()).catch(() => {}) // told above, or aborted
    }
  }, [assets])
  return session
}
