import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'

// Another backend's chunk may have been here first: they share the engine.
if (!ENGINE.ENV.platformName) {
  // What TensorFlow.js asks of its surroundings. Its own platform brings loaders of models along, 15 kB.
  ENGINE.ENV.setPlatform('lunula', {
    fetch: (path, options) => fetch(path, options),
    now: () => performance.now(),
    encode: (text) => new TextEncoder().encode(text),
    decode: (bytes, encoding) => new TextDecoder(encoding).decode(bytes),
    isTypedArray: (value): value is Float32Array | Int32Array | Uint8ClampedArray | Uint8Array =>
      ArrayBuffer.isView(value) && !(value instanceof DataView),
  })
}
