import type { Backbone } from '../../src/backbones/backbone.js'
import type { Floats } from '../../src/base/floats.js'
import { seededRandom } from '../../src/base/random.js'
import { classifierGraph } from '../../src/bundle/classifier-graph.js'
import type { Bundle } from '../../src/bundle/load-bundle.js'
import { networkInput } from '../../src/bundle/network-input.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { type Pool, pooledShape } from '../../src/cache/pool-codes.js'
import { createSession } from '../../src/engine/onnx-session.js'
import { codeGraph } from '../../src/extract/code-graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import type { SavedLayer } from '../../src/heads/save-head.js'
import { runGraph } from './run-graph.js'
import { noiseFloats } from './tiny-graph.js'

export interface BundleParts {
  readonly pool?: Pool
  readonly labels?: readonly string[]
  /** Default a dense layer with softmax whose answers are neither all alike nor all sure. */
  readonly layers?: readonly SavedLayer[]
  readonly temperature?: number
  readonly preprocessing?: Readonly<Record<string, string | boolean>>
}

/** A bundle with its network inside, in memory: the head is noise. */
export async function bundleOf(backbone: Backbone, parts: BundleParts = {}): Promise<Bundle> {
  const { pool = 'avg', labels = ['ant', 'bee', 'cat', 'dog'], temperature = 1, preprocessing } = parts
  const code = await codeOf(backbone)
  const shape = code.dims.slice(1)
  const length = pooledShape(shape, pool).reduce((all, side) => all * side, 1)
  const { order, mean, scale } = backbone.input
  const identity = {
    format: 1,
    backbone: Object.fromEntries(Object.entries(backbone.identity)),
    layer: backbone.layer,
    size: backbone.size,
    preprocessing: {
      resize: 'squish',
      resampler: 1,
      exif: true,
      icc: 'ignore',
      alpha: 'white',
      truncated: 'reject',
      order,
      mean,
      scale,
      ...preprocessing,
    },
    precision: 'float32',
  } as const
  const norm = Math.sqrt(code.data.reduce((sum, value) => sum + value * value, 0) / (code.data.length / length))
  return {
    folder: 'bundle',
    name: 'noise',
    labels,
    layers: parts.layers ?? [dense(length, labels.length, { activation: 'softmax', scale: 8 / norm })],
    temperature,
    multiLabel: false,
    pool,
    shape,
    identity,
    fingerprint: fingerprintOf(identity),
    codeLength: length,
    selfTest: undefined,
    embedded: { path: 'backbone.onnx', bytes: Buffer.from(writeOnnx(backbone.graph)), layout: backbone.layout, batch: backbone.batch },
    record: {},
  }
}

/** A dense layer of noise between −scale / 2 and scale / 2. */
export function dense(inputs: number, units: number, { activation = 'linear', scale = 1, seed = 5 } = {}): SavedLayer {
  const kernel = { shape: [inputs, units], data: noiseFloats(inputs * units, seed).map((value) => value * scale) }
  return { type: 'dense', settings: { activation }, tensors: { kernel, bias: { shape: [units], data: noiseFloats(units, seed + 1) } } }
}

/** Noise as RGB pixels, [n, side, side, 3], in patches, so that it does not blur away. */
export function noisePixels(images: number, side: number): Uint8Array {
  const random = seededRandom(3)
  const patch = Array.from({ length: images * 64 * 3 }, () => Math.floor(random() * 256))
  return Uint8Array.from({ length: images * side * side * 3 }, (_, at) => {
    const [channel, x, y, image] = [at % 3, Math.floor(at / 3) % side, Math.floor(at / 3 / side) % side, Math.floor(at / 3 / side / side)]
    const cell = Math.floor((y * 8) / side) * 8 + Math.floor((x * 8) / side)
    return ((patch[(image * 64 + cell) * 3 + channel] ?? 0) + ((x * 7 + y * 13) % 32)) & 255
  })
}

/** What onnxruntime says of pixels, [n, classes]. */
export async function answersOf(bundle: Bundle, backbone: Backbone, pixels: Uint8Array): Promise<Floats> {
  const { data, dims } = networkInput(pixels, backbone)
  const images = pixels.length / (backbone.size * backbone.size * 3)
  const { data: answers } = await runGraph(await classifierGraph(backbone, bundle), Float32Array.from(data), [images, ...dims])
  return Float32Array.from(answers)
}

async function codeOf(backbone: Backbone) {
  const session = await createSession(await codeGraph(backbone), 1)
  const { data, dims } = networkInput(noisePixels(backbone.batch ?? 1, backbone.size), backbone)
  try {
    return await session.run(Float32Array.from(data), [backbone.batch ?? 1, ...dims])
  } finally {
    await session.release()
  }
}
