import type { Contender, Task } from './contender.ts'
import { onCanvas } from './frames.ts'

/**
 * What the browser replaces: the large network behind a web server. A JPEG goes up, nails come down. waitMs: what the
 * network's way there and back adds; the service itself is on this machine.
 */
export async function flask(task: Task, url: string | undefined, waitMs: number): Promise<Contender> {
  if (!url) throw new Error('the service does not run')
  return onCanvas(
    task,
    async (canvas) => {
      const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9))
      // As text: a request that a browser sends to another origin without asking first.
      const body = new Blob([picture!], { type: 'text/plain' })
      const response = await fetch(`${url}/detect`, { method: 'POST', body })
      if (!response.ok) throw new Error(`the service answered ${response.status}`)
      await response.json()
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    },
    () => {},
  )
}
