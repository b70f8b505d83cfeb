/** Where something was measured. */
export interface Environment {
  readonly browser: string
  readonly platform: string
  /** Logical processors; 0 where the browser does not say. */
  readonly cores: number
  /** GiB, rounded by the browser; null where it does not say. */
  readonly memoryGiB: number | null
  readonly isolated: boolean
  readonly webgl: string | null
  readonly webgpu: string | null
  /** Of the page. */
  readonly version: string
}

export async function environment(): Promise<Environment> {
  return {
    browser: navigator.userAgent,
    platform: navigator.platform,
    cores: navigator.hardwareConcurrency ?? 0,
    memoryGiB: (navigator as { deviceMemory?: number }).deviceMemory ?? null,
    isolated: globalThis.crossOriginIsolated === true,
    webgl: webgl(),
    webgpu: await webgpu(),
    version: document.documentElement.dataset.version ?? '',
  }
}

/** The graphics card as WebGL names it; null without WebGL 2. */
function webgl(): string | null {
  const gl = document.createElement('canvas').getContext('webgl2')
  if (!gl) return null
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  const name = gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)
  gl.getExtension('WEBGL_lose_context')?.loseContext() // browsers allow few at a time
  return String(name)
}

/** The adapter as WebGPU names it; null without one. */
async function webgpu(): Promise<string | null> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null)
  if (!adapter) return null
  const { vendor, architecture, device, description } = adapter.info
  return [vendor, architecture, device, description].filter(Boolean).join(' ') || 'an adapter without a name'
}
