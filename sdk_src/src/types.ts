/** A position in frame pixels: pixel i covers [i, i + 1), y points down. */
export interface Point {
  /** To the right. */
  x: number
  /** Downwards. */
  y: number
}

/** A nail's extent in frame pixels, along its axis and across it. */
export interface Size {
  /** Along the axis, cuticle to tip. */
  length: number
  /** Across the axis. */
  width: number
}

/** An axis-aligned rectangle in frame pixels. */
export interface Rect {
  /** Left edge. */
  x: number
  /** Top edge. */
  y: number
  /** Left to right edge. */
  width: number
  /** Top to bottom edge. */
  height: number
}

/** `[a, b, c, d, e, f]`: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = [number, number, number, number, number, number]

/** The first two columns of a rotation matrix (Zhou et al. 2019); only from networks that predict it. */
export type Rotation6D = [number, number, number, number, number, number]

/** Which finger a nail is on; `unknown` when the networks are not sure. */
export type Finger = 'thumb' | 'index' | 'middle' | 'ring' | 'little' | 'unknown'

/** A nail's soft mask in its own small picture. */
export interface NailMask {
  /** Bounding box of the contour, frame pixels. */
  rect: Rect
  /** Mask pixels to frame pixels. */
  transform: Affine
  /** Row by row, 0 (outside) to 255 (nail); the edge is at 127.5. */
  data: Uint8Array
  /** Pixels in a row. */
  width: number
  /** Rows. */
  height: number
}

/** One nail, in pixels of the frame or photo that was given. Plain data: it can be stored and sent to a worker. */
export interface Nail {
  /** Stable while tracked; in a still, 1 and up, most confident first. */
  id: number
  /** Which hand: 0 or 1; the same from frame to frame as long as the hand is tracked. */
  hand: number
  /** Which finger. */
  finger: Finger
  /** 0 to 1. */
  confidence: number
  /** Middle of the nail. */
  center: Point
  /** Length and width. */
  size: Size
  /** Radians, from cuticle to tip; 0 points right, pi / 2 points down. */
  direction: number
  /** Orientation in space: the axis from base to tip, then across; x right, y down, z away. Only with `variant: 'r6d'`. */
  rotation?: Rotation6D
  /** Base (cuticle) and tip. */
  keypoints: Point[]
  /** Where the nail is, softly. */
  mask: NailMask
  /** Closed polygon around the nail: x0 y0 x1 y1 … */
  contour: Float32Array
}

/**
 * How detection works. `cascade`: small networks, for live video on any device. `rtdetr`: one larger network on each
 * hand's region, for photos, and live where there is a GPU; 15 MB more. `rtdetr-full`: the same on the whole picture at
 * once, without a hand detector.
 */
export type Engine = 'cascade' | 'rtdetr' | 'rtdetr-full'

/**
 * The cascade's second pass: `r6d` tells each nail's `rotation` too, which lays highlights where a tilted nail has
 * them; it is fetched only when asked for.
 */
export type Variant = 'standard' | 'r6d'

/** What computes the networks. */
export type Backend = 'webgpu' | 'webgl' | 'wasm'

/** How the weights are stored: float16 is exact, uint8 is half the download. */
export type Precision = 'float16' | 'uint8'

/** Where the models live between visits. */
export type Storage = 'indexeddb' | 'memory'

/**
 * How a polish takes the light.
 *
 * | finish | what it looks like; what `accent` is in it |
 * | --- | --- |
 * | `cream`, `gloss`, `matte` | opaque: satin, mirroring the light, swallowing it |
 * | `jelly` | sheer: the nail shows through |
 * | `shimmer` | fine pearl; the pearl's colour |
 * | `glitter` | flakes in a coat; the flakes' colour |
 * | `metallic`, `chrome` | foil, mirror |
 * | `cat-eye` | a magnetic band; the band's colour |
 * | `holographic` | rainbow over metal |
 * | `french` | a painted tip; the tip's colour |
 * | `ombre` | `color` at the cuticle runs into `accent` at the tip |
 * | `pattern` | nail art: the picture named by `pattern` over `color`; the colour of a built-in pattern's marks |
 */
export type Finish =
  | 'cream'
  | 'gloss'
  | 'matte'
  | 'jelly'
  | 'shimmer'
  | 'glitter'
  | 'metallic'
  | 'chrome'
  | 'cat-eye'
  | 'holographic'
  | 'french'
  | 'ombre'
  | 'pattern'

/** What the end of a lengthened nail looks like. */
export type NailShape = 'natural' | 'square' | 'round' | 'almond' | 'stiletto' | 'coffin'

/** What a nail is painted with. */
export interface Polish {
  /** `#rrggbb` or `#rgb`, sRGB. */
  color: string
  /** How it takes the light. */
  finish: Finish
  /** 0 (bare nail) to 1 (fully opaque), 1 unless given. */
  opacity?: number
  /** The finish's second colour, as {@link Finish} says; unless given, one that suits `color`. */
  accent?: string
  /** How the tip is cut; unless given, `natural`. A nail is never shortened: give it some `length` too. */
  shape?: NailShape
  /** How far the nail is lengthened past its own tip, in lengths of the nail: 0 (as it is, unless given) to 2. */
  length?: number
  /** Name of the picture that the finish `pattern` shows: a built-in one, or one of `addPattern`; `dots` unless given. */
  pattern?: string
}

/** The fingers that a look can paint on their own. */
export type LookFinger = Exclude<Finger, 'unknown'>

/** What a whole hand wears: plain JSON, see `look.schema.json`. */
export interface Look {
  /** What people call it, at most 60 characters. */
  name?: string
  /** On every nail. */
  polish: Polish
  /** What is different on single fingers. */
  fingers?: Partial<Record<LookFinger, Partial<Polish>>>
}

/** What takes the tremble out of tracked nails; `none` shows the predicted motion as it is. */
export type Smoothing = 'one-euro' | 'exponential' | 'none'

/** How far `NailTryOn.create` is. */
export interface Progress {
  /** Bytes there. */
  loaded: number
  /** Bytes needed; 0 while it is not known yet. */
  total: number
  /** What is going on. */
  phase: 'manifest' | 'models' | 'backend' | 'warm-up' | 'ready'
}

/** Options of `NailTryOn.create`. */
export interface CreateOptions {
  /** Folder that `dist` is served from, absolute or relative to the page; unless given, the one of this module. */
  assets?: string | URL
  /** Unless given, `cascade`. */
  engine?: Engine
  /** Unless given, `standard`. */
  variant?: Variant
  /** Unless given, `auto`: every backend is probed, and the fastest one with right answers is used. */
  backend?: Backend | 'auto'
  /** Unless given, `float16`. */
  precision?: Precision
  /** Unless given, `indexeddb`; `memory` stores nothing on the device. */
  store?: Storage
  /** Of tracked nails in a video; unless given, `one-euro`: steady at rest, quick when the hand moves. */
  smoothing?: Smoothing
  /**
   * Inferences a second that the input's resolution adapts to in a video, 1 to 120; 30 unless given. A lower number
   * leaves time for a higher resolution.
   */
  targetFps?: number
  /**
   * Input tier of pass 1 on a tracked hand: 256, 320, 384, 448 or 512; `auto`, unless given, adapts it to `targetFps`.
   * The search for a hand and stills keep theirs.
   */
  tier?: Tier | 'auto'
  /**
   * Told how the SDK does, for the page's own analytics: times, backend, recoveries, error codes; no pixels and nothing
   * derived from them. Off unless given; the SDK itself sends nothing anywhere.
   */
  onMetric?: (metric: Metric) => void
  /** Share of the inferences that `onMetric` is told of, 0 to 1; 0.01 unless given. Everything else is always told. */
  metricsSampleRate?: number
  /** Called often while loading. */
  onProgress?: (progress: Progress) => void
  /** Stops loading: the promise rejects with `aborted`. */
  signal?: AbortSignal
}

/** An input size of pass 1: the side of a square of as many pixels. */
export type Tier = 256 | 320 | 384 | 448 | 512

/** A still picture. A Blob's EXIF rotation is applied. */
export type StillSource = ImageBitmap | Blob | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageData

/** Where a try-on is in its life. `paused`: by the page, or because it is hidden. */
export type TryOnState = 'ready' | 'running' | 'paused' | 'failed' | 'closed'

/** Milliseconds that the parts of one inference took. */
export interface Timings {
  /** Frame to pixels in the core's memory. */
  frame: number
  /** The networks' inputs: choosing the regions, resampling them and the patches. */
  roi: number
  /** Hand detector; 0 while hands are tracked. */
  hand: number
  /** Nail heatmap network; RT-DETR, where that is the engine. */
  pass1: number
  /** Nail patch network; 0 with RT-DETR. */
  pass2: number
  /** Decoding of both networks' outputs: peaks, masks, contours. */
  post: number
  /** Everything in the worker: the sum of the others. */
  total: number
}

/** Detail of the `frame` event, after each inference on a video. */
export interface FrameDetail {
  /** As they are drawn: tracked, smoothed, and moved on to the newest frame. */
  nails: Nail[]
  /** Inferences a second, over the last second. */
  fps: number
  /** From taking the frame to having its nails, milliseconds. */
  latencyMs: number
  /** What the parts of it took. */
  timings: Timings
  /** Drawing the newest frame and its polish, milliseconds of the page's own thread. */
  renderMs: number
  /** Input tier of pass 1 for this frame: one of 256, 320, 384, 448, 512. */
  tier: number
}

/** What every {@link Metric} says. */
export interface MetricBase {
  /** What computes; undefined when `create` failed before. */
  backend: Backend | undefined
  /** Version of the models; undefined when `create` failed before. */
  modelVersion: string | undefined
}

/** `create` is done. Models and backend load at the same time. */
export interface StartMetric extends MetricBase {
  /** Tells the kinds apart. */
  type: 'start'
  /** From the call to the ready try-on, milliseconds. */
  totalMs: number
  /** Models: from the first byte to the last. */
  modelsMs: number
  /** What choosing the backend took longer than the models. */
  backendMs: number
  /** Warm-up. */
  warmUpMs: number
}

/** An inference, one of `metricsSampleRate`. */
export interface InferenceMetric extends MetricBase {
  /** Tells the kinds apart. */
  type: 'inference'
  /** A frame of a video, or a still. */
  mode: 'video' | 'still'
  /** What the parts of it took. */
  timings: Timings
  /** From taking the picture to having its nails, milliseconds. */
  latencyMs: number
  /** Input tier of pass 1. */
  tier: number
}

/** The SDK healed by itself. */
export interface RecoveredMetric extends MetricBase {
  /** Tells the kinds apart. */
  type: 'recovered'
  /** What had happened, as in the `recovered` event. */
  from: string
}

/** Something failed: `create`, a detection, or the running try-on. */
export interface ErrorMetric extends MetricBase {
  /** Tells the kinds apart. */
  type: 'error'
  /** The error's code. */
  code: import('./errors.ts').LunulaErrorCode
}

/** What `onMetric` is told. Plain data: it can be sent as it is. */
export type Metric = StartMetric | InferenceMetric | RecoveredMetric | ErrorMetric

/** What is allocated, for tests and diagnostics. */
export interface MemoryReport {
  /** Tensors of TF.js; the same after every frame. */
  tensors: number
  /** Bytes of those tensors. */
  tensorBytes: number
  /** Linear memory of the core; grows only when a larger frame comes. */
  coreBytes: number
}

/** Detail of the `recovered` event. */
export interface RecoveredDetail {
  /** What is whole again: what computes, what paints, the worker around the first, where the models are stored. */
  part: 'backend' | 'renderer' | 'worker' | 'storage'
  /** What had happened to it. */
  from: 'context-lost' | 'worker-failed' | 'quota-exceeded'
  /** What computes from now on. */
  backend: Backend
}

/** Events of `NailTryOn` and their details. */
export interface TryOnEvents {
  /** An inference on a video is done. */
  frame: CustomEvent<FrameDetail>
  /** The try-on starts, pauses, stops, fails or closes. */
  state: CustomEvent<{
    /** Where it is now. */
    state: TryOnState
  }>
  /** Something went wrong outside of a method that could reject. */
  error: CustomEvent<{
    /** What went wrong. */
    error: import('./errors.ts').LunulaError
  }>
  /** The SDK healed by itself and goes on. */
  recovered: CustomEvent<RecoveredDetail>
}
