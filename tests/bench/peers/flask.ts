import type { Contender, Task } from './contender.ts'
import { onCanvas } from './frames.ts'

/** The same networks behind a web server: a JPEG goes up, nails come down. waitMs: what the network's way there and back adds. */
export async function flask(task: Task, waitMs: number): Promise<Contender> {
  return onCanvas(
    task,
    async (canvas) => {
      const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9))
      const response = await fetch(`/flask/detect?wait=${waitMs}`, { method: 'POST', body: picture })
      if (!response.ok) throw new Error(`the service answered ${response.status}`)
      await response.json()
    },
    () => {},
  )
}
