import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backbone } from '../../../src/backbones/backbone.js'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { fieldsOf, itemsOf, parseJson } from '../../../src/base/json.js'
import type { Bundle } from '../../../src/bundle/load-bundle.js'
import { networkInput } from '../../../src/bundle/network-input.js'
import { type ExportTfjsOptions, exportTfjs } from '../../../src/bundle/tfjs/export-tfjs.js'
import { ints } from '../../../src/graph/attributes.js'
import { node, type Tensor } from '../../../src/graph/graph.js'
import { withChannelsLast } from '../../../src/graph/layout.js'
import { answersOf, type BundleParts, bundleOf, dense, noisePixels } from '../../helpers/bundle-of.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runGraph } from '../../helpers/run-graph.js'
import { smallestBackbone } from '../../helpers/smallest-backbone.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { tf } from '../../helpers/tfjs.js'
import { loadGraphModel, outputOf, pixelTensor } from '../../helpers/tfjs-graph.js'
import { expectUsageError, userErrorOf } from '../../helpers/thrown.js'
import { convolution, noise, value } from '../../helpers/tiny-graph.js'

/** Probabilities may be so far off. */
const tolerance = { absolute: 2e-3 }

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** A convolution of 8 × 8 images. */
const tiny = (rest: Partial<Backbone> = {}): Backbone => ({
  name: 'tiny',
  identity: { architecture: 'tiny', version: '1.0.0', weights: '0'.repeat(64) },
  graph: convolution(),
  layer: 'y',
  size: 8,
  layout: 'nchw',
  batch: undefined,
  input: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
  ...rest,
})

async function exported(bundle: Bundle, options: Partial<ExportTfjsOptions> = {}) {
  const out = tempFolder()
  const result = await exportTfjs(bundle, { out, cache: tempFolder(), ...options })
  return { out, result }
}

/** What the exported model and onnxruntime say of the same pixels. */
async function both(backbone: Backbone, parts: BundleParts = {}, options: Partial<ExportTfjsOptions> = {}) {
  const bundle = await bundleOf(backbone, parts)
  const pixels = noisePixels(backbone.batch ?? 2, backbone.size)
  const { out, result } = await exported(bundle, options)
  const model = await loadGraphModel(out)
  const { data, dims } = await outputOf(model, pixelTensor(pixels, backbone.size))
  expect(dims).toEqual([backbone.batch ?? 2, bundle.labels.length])
  return { bundle, pixels, model, out, result, found: data, wanted: await answersOf(bundle, backbone, pixels) }
}

const nodesOf = (out: string) => itemsOf(fieldsOf(modelOf(out).modelTopology).node).map(fieldsOf)
const modelOf = (out: string) => fieldsOf(parseJson(readFileSync(join(out, 'model.json'))))

describe('probabilities are those of onnxruntime', () => {
  it.each(['cnn7', 'mobilenet', 'mobilenetv2', 'resnet18', 'densenet121', 'squeezenet', 'inceptionv3'])('%s', async (name) => {
    const { found, wanted, out } = await both(smallestBackbone(name))
    expectClose(found, wanted, tolerance)
    expect(nodesOf(out).filter(({ op }) => op === 'Transpose')).toEqual([])
  })

  it('efficientnet-lite0', async () => {
    const { found, wanted, out } = await both(await resolveBackbone('efficientnet-lite0'))
    expectClose(found, wanted, tolerance)
    expect(nodesOf(out).filter(({ op }) => op === 'Transpose')).toEqual([])
  })

  const pools: readonly BundleParts[] = [{ pool: 'none' }, { pool: 'max' }, { pool: 'concat' }, { pool: 'avg', temperature: 3 }]
  it.each(pools)('%o', async (parts) => {
    const { found, wanted } = await both(smallestBackbone('cnn7'), parts)
    expectClose(found, wanted, tolerance)
  })

  it.each([
    ['three channels in the other order', { input: { order: 'bgr', mean: [103, 116, 123], scale: [50, 60, 70] } }],
    ['no normalisation', { input: { order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] } }],
    ['a batch that the file fixes', { batch: 3 }],
  ] as const)('%s', async (_, rest) => {
    const { found, wanted } = await both(tiny(rest))
    expectClose(found, wanted, tolerance)
  })

  it('images channels last, without a transpose', async () => {
    const first = node('Transpose', 'first', ['image'], { perm: ints([0, 3, 1, 2]) })
    const nodes = [first, node('Conv', 'conv', ['first', 'weight', 'bias']), node('Relu', 'y', ['conv'])]
    const graph = { ...convolution(), inputs: [value('image', ['n', 8, 8, 3])], nodes }
    const { found, wanted, out } = await both(tiny({ graph: withChannelsLast(graph), layout: 'nhwc' }), { pool: 'none' })
    expectClose(found, wanted, tolerance)
    expect(nodesOf(out).filter(({ op }) => op === 'Transpose')).toEqual([])
  })
})

describe('heads', () => {
  const inputs = 4
  const vector = (factor: number, shift = 0) => ({
    shape: [inputs],
    data: Float32Array.of(0.4, -0.2, 0.1, 0.3).map((number) => number * factor + shift),
  })
  const normed = {
    type: 'bn',
    settings: { epsilon: 1e-3 },
    tensors: { gamma: vector(1, 1), beta: vector(2), mean: vector(3), variance: vector(1, 1) },
  }
  const activation = (type: string, settings = {}) => ({ type, settings, tensors: {} })
  const activations = [
    activation('relu'),
    activation('relu6'),
    activation('leaky-relu', { slope: 0.1 }),
    activation('elu'),
    activation('silu'),
    activation('gelu'),
  ]

  it.each(activations)('a layer of $type', async (layer) => {
    const layers = [normed, dense(inputs, 6), layer, dense(6, 4, { activation: 'softmax', scale: 4, seed: 9 })]
    const { found, wanted } = await both(tiny(), { layers })
    expectClose(found, wanted, tolerance)
  })

  it('several labels of one image, and two classes of one output', async () => {
    const many = await both(tiny(), { layers: [dense(inputs, 4, { activation: 'sigmoid', scale: 4 })] })
    expectClose(many.found, many.wanted, tolerance)
    const pair = await both(tiny(), { layers: [dense(inputs, 1, { activation: 'sigmoid', scale: 4 })], labels: ['no', 'yes'] })
    expectClose(pair.found, pair.wanted, tolerance)
  })
})

describe('the files', () => {
  it('model.json with labels and preprocessing, labels.json, the page', async () => {
    const { bundle, out, result, model } = await both(tiny(), {
      labels: ['ant', 'bee', '<b>', 'ü'],
      preprocessing: { resize: 'crop:9', exif: false },
    })
    const page = ['index.html', 'classify.js', 'resample.js', 'tf.es2017.min.js']
    expect(readdirSync(out).toSorted()).toEqual(['group1-shard1of1.bin', 'labels.json', 'model.json', ...page].toSorted())
    expect(result).toMatchObject({ folder: out, precision: 'float32', tensorflow: '4.22.0' })
    expect(result.files.find(({ name }) => name === 'labels.json')?.bytes).toBe(readFileSync(join(out, 'labels.json')).length)
    expect(result.bytes).toBe(readdirSync(out).reduce((sum, name) => sum + readFileSync(join(out, name)).length, 0))
    expect(JSON.parse(readFileSync(join(out, 'labels.json'), 'utf8'))).toEqual(['ant', 'bee', '<b>', 'ü'])
    expect(model.metadata).toMatchObject({
      labels: ['ant', 'bee', '<b>', 'ü'],
      multiLabel: false,
      preprocessing: { size: 8, resize: 'crop:9', exif: false, alpha: 'white', order: 'rgb', range: [0, 255] },
      network: { name: 'tiny', layer: 'y', architecture: 'tiny', codes: bundle.fingerprint },
      normalisation: { inside: true, mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
    })
  })

  it('no path of this machine in model.json', async () => {
    const bundle = await bundleOf(tiny({ identity: { file: 'ab'.repeat(32) } }))
    const embedded = bundle.embedded && { ...bundle.embedded, path: join(tempFolder(), 'backbone.onnx') }
    const { out } = await exported({ ...bundle, embedded })
    expect(fieldsOf(fieldsOf(modelOf(out).userDefinedMetadata).network)).toMatchObject({ name: 'backbone.onnx', file: 'ab'.repeat(32) })
  })

  it('shards of 4 MB; those of an earlier export go', async () => {
    const bundle = await bundleOf(smallestBackbone('resnet18'))
    const { out } = await exported(bundle)
    const shards = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.bin'))
    const sizes = shards(out).map((name) => readFileSync(join(out, name)).length)
    expect(sizes).toHaveLength(11)
    expect(sizes.filter((size) => size === 4 * 1024 * 1024)).toHaveLength(10)
    await exportTfjs(await bundleOf(tiny()), { out, cache: 'cache' })
    expect(shards(out)).toEqual(['group1-shard1of1.bin'])
  })

  it('half the bytes in float16, and nearly the same answers', async () => {
    const bytesOf = (out: string) =>
      readdirSync(out).reduce((sum, name) => sum + (name.endsWith('.bin') ? readFileSync(join(out, name)).length : 0), 0)
    const whole = await both(smallestBackbone('mobilenet'))
    const half = await both(smallestBackbone('mobilenet'), {}, { precision: 'float16' })
    expect(bytesOf(half.out) / bytesOf(whole.out)).toBeCloseTo(0.5, 1)
    expectClose(half.found, half.wanted, { absolute: 0.02 })
    expect([...half.found]).not.toEqual([...whole.found])
  })

  it('numbers beyond float16 stay whole', async () => {
    const graph = { ...convolution(), initializers: new Map(convolution().initializers).set('weight', scaled(noise([4, 3, 3, 3]), 1e6)) }
    const { out } = await exported(await bundleOf(tiny({ graph })), { precision: 'float16' })
    const weights = itemsOf(fieldsOf(itemsOf(modelOf(out).weightsManifest)[0]).weights).map(fieldsOf)
    const stored = weights.map(({ shape, quantization }) => [itemsOf(shape).join(), fieldsOf(quantization).dtype])
    expect(stored).toContainEqual(['3,3,3,4', undefined])
    expect(stored).toContainEqual(['4,4', 'float16'])
  })

  it('whole pixels are taken as they come from tf.browser.fromPixels', async () => {
    const { model, pixels, found } = await both(tiny())
    const { data } = await outputOf(model, pixelTensor(pixels, 8, 'int32'))
    expect([...data]).toEqual([...found])
  })

  it('another run of this program reads it as a model of its own', async () => {
    const backbone = smallestBackbone('cnn7')
    const { out, found, pixels } = await both(backbone)
    const read = await resolveBackbone(join(out, 'model.json'), { layer: 'probabilities', mean: [0, 0, 0], scale: [1, 1, 1] })
    const { data, dims } = networkInput(pixels, read)
    const said = await runGraph(read.graph, Float32Array.from(data), [2, ...dims])
    expectClose(said.data, found, tolerance)
  })
})

describe('what is refused', () => {
  it('codes in int8', async () => {
    const bundle = await bundleOf(tiny())
    const { message } = await userErrorOf(() => exported({ ...bundle, identity: { ...bundle.identity, precision: 'int8' } }))
    expect(message).toBe(
      'Expected a bundle of float32 codes for --format tfjs, found int8 codes (bundle). TensorFlow.js does not run quantised networks: train a head on float32 codes, or export it with --format onnx.',
    )
  })

  it('a precision that is none', async () => {
    const options = JSON.parse('{ "precision": "int8" }')
    await expectUsageError(
      async () => exported(await bundleOf(tiny()), options),
      'Expected --precision to be float32 or float16 for --format tfjs, got "int8".',
    )
  })

  it('an operator that TensorFlow.js does not run', async () => {
    const graph = convolution({
      nodes: [node('Conv', 'conv', ['image', 'weight', 'bias']), node('LpPool', 'y', ['conv'], { kernel_shape: ints([1, 1]) })],
    })
    const { message } = await userErrorOf(async () => exported(await bundleOf(tiny({ graph }))))
    expect(message).toBe(
      'Expected a network that TensorFlow.js can run, found the operator LpPool in layer "y" (LpPool). Export it with --format onnx.',
    )
  })

  it('nearest neighbours, which are no layers', async () => {
    const { message } = await userErrorOf(async () =>
      exported(await bundleOf(tiny(), { layers: [{ type: 'knn', settings: {}, tensors: {} }] })),
    )
    expect(message).toMatch('Expected a head of layers, found one of "knn"')
  })

  it('a folder that is a file', async () => {
    const out = join(tempFolder(), 'file')
    writeFileSync(out, '')
    const { message } = await userErrorOf(async () => exported(await bundleOf(tiny()), { out }))
    expect(message).toMatch(`Expected to write files into ${out}, but that is not possible: `)
    expect(message).toMatch(/or name another folder with --out\.$/)
  })
})

function scaled({ type, dims, bytes }: Tensor, factor: number): Tensor {
  const values = new Float32Array(Uint8Array.from(bytes).buffer).map((number) => number * factor)
  return { type, dims, bytes: new Uint8Array(values.buffer) }
}
