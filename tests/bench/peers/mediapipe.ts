import { FilesetResolver, HandLandmarker } from '@mediapipe/tasks-vision'
import type { Contender, Task } from './contender.ts'
import { onCanvas } from './frames.ts'

/** MediaPipe's hand landmarker: 21 points a hand, no masks. Its video mode tracks, as Lunula does. */
export async function tasksVision(task: Task): Promise<Contender> {
  const fileset = await FilesetResolver.forVisionTasks('/peers/tasks-vision')
  const landmarker = await HandLandmarker.createFromOptions(fileset, {
    baseOptions: { modelAssetPath: '/peers/hand_landmarker.task', delegate: 'CPU' },
    runningMode: 'VIDEO',
    numHands: 2,
  })
  return onCanvas(
    task,
    (canvas, timeMs) => landmarker.detectForVideo(canvas, timeMs),
    () => landmarker.close(),
  )
}

/** What `hands.js`, a classic script, leaves in the page. */
interface Hands {
  setOptions(options: object): void
  onResults(listener: (results: object) => void): void
  initialize(): Promise<void>
  send(inputs: { image: HTMLCanvasElement }): Promise<void>
  close(): Promise<void>
}

/** MediaPipe's older package, on the CPU. */
export async function mediapipeHands(task: Task): Promise<Contender> {
  const { Hands } = globalThis as unknown as { Hands: new (options: object) => Hands }
  const hands = new Hands({ locateFile: (name: string) => `/peers/hands/${name}` })
  hands.setOptions({ maxNumHands: 2, modelComplexity: 1, useCpuInference: true, selfieMode: false })
  hands.onResults(() => {})
  await hands.initialize()
  return onCanvas(
    task,
    (image) => hands.send({ image }),
    () => hands.close(),
  )
}
