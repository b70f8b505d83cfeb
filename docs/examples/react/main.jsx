import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { PaintedPhoto } from './painted_photo.jsx'
import { useTryOn } from './use_try_on.js'

const POLISHES = [
  { name: 'Garnet', polish: { color: '#8a0f2c', finish: 'gloss' } },
  { name: 'Fern', polish: { color: '#14a046', finish: 'gloss' } },
]

function Shop() {
  const { tryOn, error } = useTryOn('lunula/')
  const [photo, setPhoto] = useState(null)
  const [polish, setPolish] = useState(POLISHES[0].polish)

  useEffect(() => {
    const load = async () => setPhoto(await (await fetch('photo.jpg')).blob())
    load()
  }, [])

  if (error) return <p role="alert">{error.message}</p>
  if (!tryOn || !photo) return <p role="status">Loading</p>
  return (
    <>
      <PaintedPhoto tryOn={tryOn} photo={photo} polish={polish} />
      {POLISHES.map(({ name, polish }) => (
        <button key={name} type="button" onClick={() => setPolish(polish)}>
          {name}
        </button>
      ))}
      <input
        type="file"
        accept="image/*"
        aria-label="Your photo"
        onChange={(event) => event.target.files[0] && setPhoto(event.target.files[0])}
      />
    </>
  )
}

createRoot(document.getElementById('shop')).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
)
