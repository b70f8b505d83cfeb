// What the Node scripts share: TF.js from a given node_modules, and graph models from a folder.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** A `require` that looks in the given node_modules folder, wherever this file lies. */
export function requireFrom(nodeModules) {
  return createRequire(join(resolve(nodeModules), '_.js'))
}

/** The graph model in DIR/model.json, its shards read from disk. */
export function loadModel(require, directory) {
  const { io } = require('@tensorflow/tfjs-core')
  const { loadGraphModel } = require('@tensorflow/tfjs-converter')
  const json = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'))
  const load = async () =>
    io.getModelArtifactsForJSON(json, async (manifest) => {
      const shards = manifest.flatMap((group) => group.paths).map((path) => readFileSync(join(directory, path)))
      const bytes = Uint8Array.from(Buffer.concat(shards))
      return [manifest.flatMap((group) => group.weights), bytes.buffer]
    })
  return loadGraphModel({ load })
}
