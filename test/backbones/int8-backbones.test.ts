import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { network } from '../../src/backbones/architecture.js'
import { architectures } from '../../src/backbones/architectures.js'
import { efficientnetLite0 } from '../../src/backbones/efficientnet-lite0.js'
import { filledWeights } from '../../src/backbones/filled-weights.js'
import { goldenInput } from '../../src/backbones/golden.js'
import { calibrateRanges } from '../../src/engine/calibrate-ranges.js'
import type { Output } from '../../src/engine/onnx-session.js'
import { calibrationBatches } from '../../src/extract/calibration-batches.js'
import { preprocessingOf } from '../../src/extract/code-identity.js'
import { inputSetup } from '../../src/extract/worker-setup.js'
import { prepareQuantization } from '../../src/graph/prepare-quantization.js'
import { quantizeGraph } from '../../src/graph/quantize.js'
import { cosine } from '../helpers/cosine.js'
import { kernelsOf } from '../helpers/kernels-of.js'
import { runGraph } from '../helpers/run-graph.js'

/** What a network may consist of in the engine: layers on bytes, and what turns and moves them. */
const allowed = new Set([
  ...['QLinearConv', 'QLinearAdd', 'QLinearConcat', 'QLinearAveragePool', 'QLinearLeakyRelu', 'NhwcMaxPool', 'Pad'],
  ...['QuantizeLinear', 'DequantizeLinear', 'Transpose'],
])

it.each([...architectures.values()])('$name runs on integers alone, its codes nearly those in float32', async (architecture) => {
  const { smallest: size, input } = architecture
  const net = network(architecture, size)
  const graph = net.finish(filledWeights(net))
  const image = goldenInput(size, input)
  const dims = [1, 3, size, size]
  const batches = [1, 2, 3, 4].map((seed) => ({ data: goldenInput(size, input, seed), dims }))
  const integer = quantizeGraph(graph, await calibrateRanges(graph, batches), { reduceRange: false })
  expect((await kernelsOf(integer)).filter((op) => !allowed.has(op))).toEqual([])

  const exact = await runGraph(graph, image, dims)
  const merged = await runGraph(prepareQuantization(graph), image, dims)
  const rounded = await runGraph(integer, image, dims)
  expect(cosine(merged.data, exact.data), 'norms and padding merged').toBeGreaterThan(1 - 1e-9)
  expect(rounded.dims).toEqual(exact.dims)
  expect(cosine(rounded.data, exact.data), 'on integers').toBeGreaterThan(0.99)
})

/** Photographs of the fixtures: four to calibrate on, three to try. */
const photographs = { calibrated: ['airplane.jpg', 'face.jpg', 'leopard.jpg', 'grey.jpg'], tried: ['sunflower.jpg', 'yin.jpg', 'face.gif'] }

/** Mean over the positions of each channel of a map [1, channels, h, w]. */
function pooled({ data, dims: [, channels = 1] }: Output): number[] {
  const area = data.length / channels
  return Array.from({ length: channels }, (_, c) => data.subarray(c * area, (c + 1) * area).reduce((sum, x) => sum + x, 0) / area)
}

it.each([
  { reduceRange: false, flat: 0.994, gap: 0.998 },
  { reduceRange: true, flat: 0.988, gap: 0.995 },
])('efficientnet-lite0 with its real weights on photographs, reduced range $reduceRange', async ({ reduceRange, flat, gap }) => {
  const backbone = await efficientnetLite0({})
  const setup = inputSetup({ backbone, preprocessing: preprocessingOf(backbone, {}) })
  const root = fileURLToPath(new URL('../fixtures/images', import.meta.url))
  const ranges = await calibrateRanges(
    backbone.graph,
    calibrationBatches(setup, { root, paths: photographs.calibrated, exclude: undefined }),
  )
  const integer = quantizeGraph(backbone.graph, ranges, { reduceRange })
  for (const name of photographs.tried) {
    for await (const { data, dims } of calibrationBatches(setup, { root, paths: [name], exclude: undefined })) {
      const [exact, rounded] = [await runGraph(backbone.graph, data, dims), await runGraph(integer, data, dims)]
      expect(cosine(pooled(rounded), pooled(exact)), `${name}: pooled`).toBeGreaterThan(gap)
      expect(cosine(rounded.data, exact.data), `${name}: flat`).toBeGreaterThan(flat)
    }
  }
})
