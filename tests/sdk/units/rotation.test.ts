/** The rotation in space: it turns with the nail, stays a rotation, and does not tremble. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RotationSmoother } from '../../../sdk_src/src/tracking/rotation.ts'
import { Tracker } from '../../../sdk_src/src/tracking/tracker.ts'
import type { Nail, Rotation6D } from '../../../sdk_src/src/types.ts'
import { cross, dot, type Vector } from '../../../sdk_src/src/vector.ts'
import { nailAt } from './nails.ts'

const FRAME_MS = 33

/** A nail that points to `direction`, its tip tilted to the camera, rolled about its axis. */
function rotation(direction: number, tilt: number, roll = 0): Rotation6D {
  const [c, s] = [Math.cos(direction), Math.sin(direction)]
  const axis: Vector = [c * Math.cos(tilt), s * Math.cos(tilt), -Math.sin(tilt)]
  const flat: Vector = [-s, c, 0]
  const normal = cross(axis, flat)
  const across = flat.map((value, i) => Math.cos(roll) * value + Math.sin(roll) * normal[i]!) as Vector
  return [...axis, ...across]
}

function angleBetween(a: Rotation6D, b: Rotation6D): number {
  const columns = (r: Rotation6D): Vector[] => {
    const [axis, across] = [r.slice(0, 3) as Vector, r.slice(3) as Vector]
    return [axis, across, cross(axis, across)]
  }
  const [first, second] = [columns(a), columns(b)]
  const trace = first.reduce((sum, column, i) => sum + dot(column, second[i]!), 0)
  return (Math.acos(Math.min(Math.max((trace - 1) / 2, -1), 1)) * 180) / Math.PI
}

function shown(tracker: Tracker, nail: Nail, time: number): Rotation6D {
  tracker.update([nail], time)
  return tracker.at(time)[0]!.rotation!
}

test('the rotation goes with the drawn direction', () => {
  const tracker = new Tracker('none', RotationSmoother)
  for (let i = 0; i < 30; i++) {
    const direction = -1 + 0.02 * i
    const drawn = shown(tracker, nailAt(100, 100, { direction, rotation: rotation(direction, 0.4, 0.3) }), i * FRAME_MS)
    assert.ok(angleBetween(drawn, rotation(direction, 0.4, 0.3)) < 2)
  }
})

test('of a still nail the tilt trembles less than half as much as measured', () => {
  const tracker = new Tracker('one-euro', RotationSmoother)
  const off: number[] = []
  const measured: number[] = []
  for (let i = 0; i < 120; i++) {
    const noise = 0.1 * Math.sin(i * 2.3) + 0.1 * Math.sin(i * 5.1)
    const now = rotation(-Math.PI / 2, 0.4 + noise)
    const drawn = shown(tracker, nailAt(100, 100, { rotation: now }), i * FRAME_MS)
    off.push(angleBetween(drawn, rotation(-Math.PI / 2, 0.4)))
    measured.push(angleBetween(now, rotation(-Math.PI / 2, 0.4)))
    assert.ok(Math.abs(Math.hypot(...drawn.slice(0, 3)) - 1) < 1e-9)
    assert.ok(Math.abs(dot(drawn.slice(0, 3) as Vector, drawn.slice(3) as Vector)) < 1e-9)
  }
  const rms = (values: number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)
  assert.ok(rms(off.slice(30)) < rms(measured.slice(30)) / 2)
})

test('base and tip exchanged for one inference do not turn the nail', () => {
  const tracker = new Tracker('none', RotationSmoother)
  const right = { direction: 0, rotation: rotation(0, 0.3) }
  for (let i = 0; i < 5; i++) shown(tracker, nailAt(100, 100, right), i * FRAME_MS)
  const wrong = { direction: Math.PI, rotation: rotation(Math.PI, -0.3) }
  const drawn = shown(tracker, nailAt(100, 100, wrong), 5 * FRAME_MS)
  assert.ok(angleBetween(drawn, right.rotation) < 2)
})

test('a nail without a rotation stays without', () => {
  const tracker = new Tracker('one-euro', RotationSmoother)
  tracker.update([nailAt(100, 100)], 0)
  assert.ok(!('rotation' in tracker.at(0)[0]!))
})
