import { isMap } from '../../graph/builder-layer.js'
import { cropStep, padStep } from '../../graph/builder-margins.js'
import { flattenStep, identityStep, permuteStep, reshapeStep, shownShape, wholeShape } from '../../graph/builder-shape.js'
import type { Pads } from '../../graph/builder-window.js'
import { Unconvertible } from '../unconvertible.js'
import { type LayerRule, mapOf, refuseChannelsFirst, tensorOf } from './layer-call.js'
import { integer, listOf, type Reader, setting } from './settings.js'
import { titleOf } from './topology.js'

/** Layers that do nothing once a model is trained. */
export const nothing: LayerRule = (call) => identityStep(call.name, tensorOf(call))

export const flatten: LayerRule = (call) => {
  if (isMap(tensorOf(call))) refuseChannelsFirst(call.layer)
  return flattenStep(call.name, tensorOf(call))
}

export const reshape: LayerRule = (call) => {
  const x = tensorOf(call)
  const asked = setting(call.layer, 'target_shape', { as: listOf(integer) })
  const shape = wholeShape(x, asked)
  if (shape) return reshapeStep(call.name, x, shape)
  throw new Unconvertible(`${titleOf(call.layer)} from [${shownShape(x).join(', ')}] to [${asked.join(', ')}]`)
}

export const permute: LayerRule = (call) => {
  const x = tensorOf(call)
  const axes = setting(call.layer, 'dims', { as: listOf(integer) })
  const isOrder = axes.length === x.dims.length && axes.toSorted((a, b) => a - b).every((axis, at) => axis === at + 1)
  if (isOrder) return permuteStep(call.name, x, axes)
  throw new Unconvertible(`${titleOf(call.layer)} of [${shownShape(x).join(', ')}] to the axes [${axes.join(', ')}]`)
}

export const zeroPadding2d: LayerRule = (call) =>
  padStep(call.name, mapOf(call), setting(call.layer, 'padding', { as: margins, fallback: [1, 1, 1, 1] }))

export const cropping2d: LayerRule = (call) =>
  cropStep(call.name, mapOf(call), setting(call.layer, 'cropping', { as: margins, fallback: [0, 0, 0, 0] }))

/** One number for all sides, [rows, columns], or [[top, bottom], [left, right]]. */
const margins: Reader<Pads> = (value) => {
  const [rows, columns] = Array.isArray(value) ? value : [value, value]
  const [top, bottom] = Array.isArray(rows) ? rows : [rows, rows]
  const [left, right] = Array.isArray(columns) ? columns : [columns, columns]
  const [first, second, third, fourth] = listOf(margin)([top, left, bottom, right]) ?? []
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return undefined
  return [first, second, third, fourth]
}

const margin: Reader<number> = (value) => {
  const side = integer(value)
  return side !== undefined && side >= 0 && side <= 2 ** 16 ? side : undefined
}
