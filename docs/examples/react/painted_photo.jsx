import { useEffect, useRef, useState } from 'react'

/** A photo (Blob) with painted nails. The nails are looked for once, then painted in every colour. */
export function PaintedPhoto({ tryOn, photo, polish }) {
  const canvas = useRef(null)
  const [found, setFound] = useState(null)
  const [error, setError] = useState(null)

  useEffect(() => {
    const leaving = new AbortController()
    tryOn.detect(photo, { signal: leaving.signal }).then(
      (nails) => leaving.signal.aborted || setFound({ photo, nails }),
      (thrown) => leaving.signal.aborted || setError(thrown),
    )
    return () => leaving.abort()
  }, [tryOn, photo])

  useEffect(() => {
    if (found?.photo !== photo) return
    tryOn.polish = polish
    tryOn.paint(photo, canvas.current, { nails: found.nails }).catch(setError)
  }, [tryOn, photo, polish, found])

  return (
    <>
      <canvas ref={canvas} role="img" aria-label="Your hand with polish" />
      <p role="status">{error?.message ?? (found ? `${found.nails.length} nails painted` : 'Looking for nails')}</p>
    </>
  )
}
