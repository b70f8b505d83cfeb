/** What a camera might see, drawn from photos of hands. */
export const SCENES = ['no hand', 'one hand', 'two hands'] as const
export type SceneName = (typeof SCENES)[number]

/** A picture that moves a little from frame to frame, as a hand held still does. */
export type Scene = (context: CanvasRenderingContext2D, step: number) => void

const TABLE = '#8d857c'
/** Hands are never quite still: pixels of a frame 480 high. */
const SWAY = { x: 6, y: 4 }

/** Where the nails of the scenes' photo are, in its pixels, and how much around one hides the finger's end with it. */
const NAILS = [
  [191, 89],
  [139, 112],
  [260, 133],
  [62, 159],
  [353, 344],
] as const
const HIDING_RADIUS = 52

/** The scene in a frame of the canvas's size. photo: of one hand, upright; nails: how many can be seen at most. */
export function sceneOf(name: SceneName, photo: ImageBitmap, nails = 2 * NAILS.length): Scene {
  return (context, step) => {
    const { width, height } = context.canvas
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = TABLE
    context.fillRect(0, 0, width, height)
    const scale = height / 480
    const x = SWAY.x * scale * Math.sin(step / 9)
    const y = SWAY.y * scale * Math.cos(step / 7)
    if (name === 'no hand') drawTable(context, step)
    if (name === 'one hand') drawHand(context, photo, [x, y, width, height], true, nails)
    if (name === 'two hands') {
      drawHand(context, photo, [x, y, width / 2, height], false, nails)
      context.setTransform(-1, 0, 0, 1, width, 0)
      drawHand(context, photo, [-x, -y, width / 2, height], false, nails - NAILS.length)
    }
  }
}

/** Fits the photo into a rectangle, turned by a quarter where that makes it larger. */
function drawHand(
  context: CanvasRenderingContext2D,
  photo: ImageBitmap,
  [x, y, width, height]: [number, number, number, number],
  turn: boolean,
  nails: number,
): void {
  const [wide, high] = turn ? [photo.height, photo.width] : [photo.width, photo.height]
  const scale = Math.min(width / wide, height / high)
  context.save()
  context.translate(x + width / 2, y + height / 2)
  if (turn) context.rotate(Math.PI / 2)
  context.scale(scale, scale)
  context.translate(-photo.width / 2, -photo.height / 2)
  context.drawImage(photo, 0, 0)
  context.fillStyle = TABLE
  for (const [nailX, nailY] of NAILS.slice(Math.max(nails, 0))) {
    context.beginPath()
    context.arc(nailX, nailY, HIDING_RADIUS, 0, 2 * Math.PI)
    context.fill()
  }
  context.restore()
}

/** Something for a detector to look at that is no hand. */
function drawTable(context: CanvasRenderingContext2D, step: number): void {
  const { width, height } = context.canvas
  context.fillStyle = '#5d7a86'
  context.fillRect(width * 0.1 + Math.sin(step / 9), height * 0.2, width * 0.3, height * 0.5)
  context.fillStyle = '#3f4a3c'
  context.fillRect(width * 0.5, height * 0.3 + Math.cos(step / 7), width * 0.4, height * 0.1)
}
