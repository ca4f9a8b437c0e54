import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { network } from '../../../src/backbones/architecture.js'
import { architectures } from '../../../src/backbones/architectures.js'
import { filledWeights } from '../../../src/backbones/filled-weights.js'
import { goldenInput } from '../../../src/backbones/golden.js'
import { parityOf } from '../../../src/engine/parity.js'
import { withChannelsLast } from '../../../src/graph/layout.js'
import { readOnnx } from '../../../src/graph/read-onnx.js'
import { decodeImage } from '../../../src/images/decode.js'
import { Resampler } from '../../../src/images/resampler.js'
import { createKernels } from '../../../src/kernels/kernels.js'

import { onBothEngines } from '../../helpers/engines.js'

/** What codes may differ by between the engines, as a share of their standard deviation. */
const tolerance = 1e-3

describe('codes by TensorFlow.js equal those by onnxruntime', () => {
  it.each([...architectures.values()])('$name', async (architecture) => {
    const net = network(architecture, architecture.smallest)
    const dims = [1, 3, net.size, net.size]
    const input = goldenInput(net.size, architecture.input)
    const { onnx, tensorflow } = await onBothEngines(withChannelsLast(net.finish(filledWeights(net))), input, dims)
    expect(tensorflow.dims).toEqual(onnx.dims)
    expect(parityOf(tensorflow, onnx).worst).toBeLessThan(tolerance)
  })

  it('efficientnet-lite0 on a photo', async () => {
    const path = (relative: string) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url))
    const photo = await decodeImage(readFileSync(path('test/fixtures/images/leopard.jpg')), { exif: false, alpha: 'drop' })
    const input = new Float32Array(3 * 224 * 224)
    const rule = { order: 'rgb', mean: [127, 127, 127], scale: [128, 128, 128], layout: 'nchw' } as const
    new Resampler(createKernels()).resizeInto(photo, 224, rule, input, 0)
    const graph = withChannelsLast(await readOnnx(path('models/efficientnet-lite0.onnx')))
    const { onnx, tensorflow } = await onBothEngines(graph, input, [1, 3, 224, 224])
    expect(tensorflow.dims).toEqual([1, 7, 7, 1280])
    expect(parityOf(tensorflow, onnx).worst).toBeLessThan(tolerance)
  })
})
