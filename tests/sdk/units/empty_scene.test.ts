import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EmptyScene } from '../../../sdk_src/src/tracking/empty_scene.ts'

const skipped = (scene: EmptyScene, frames: number) => Array.from({ length: frames }, () => scene.skips())

test('every frame of a new scene is worth an inference', () => {
  const scene = new EmptyScene()
  for (let frame = 0; frame < 29; frame++) {
    assert.equal(scene.skips(), false)
    scene.saw(0)
  }
})

test('of an empty scene, every other frame', () => {
  const scene = new EmptyScene()
  for (let inference = 0; inference < 30; inference++) scene.saw(0)
  assert.deepEqual(skipped(scene, 5), [true, false, true, false, true])
})

test('a nail ends that at once', () => {
  const scene = new EmptyScene()
  for (let inference = 0; inference < 30; inference++) scene.saw(0)
  scene.saw(1)
  assert.deepEqual(skipped(scene, 3), [false, false, false])
})
