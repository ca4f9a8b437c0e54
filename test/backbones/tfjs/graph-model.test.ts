import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { checkGraph } from './check-graph.js'
import { type GraphConstant, type GraphNode, graphFile, placeholder, text, texts, whole } from './graph-file.js'

/** The files of ../../fixtures/tfjs-models/graph-model.json in a folder; the path of model.json. */
function fixturePath(): string {
  const { files } = JSON.parse(readFileSync(new URL('../../fixtures/tfjs-models/graph-model.json', import.meta.url), 'utf8'))
  const folder = tempFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), gunzipSync(Buffer.from(`${content}`, 'base64')))
  return join(folder, 'model.json')
}

const attributes = { strides: whole(1, 2, 2, 1), ksize: whole(1, 3, 3, 1), dilations: whole(1, 1, 1, 1), padding: text('SAME') }
const on = (name: string, op: string, input: string, attr: object = {}): GraphNode => {
  const inputs = input.split(' ')
  const counts = { N: { i: inputs.length - (op === 'ConcatV2' ? 1 : 0) }, num_args: { i: inputs.length - 2 } }
  return { name, op, input: inputs, attr: { ...attributes, ...counts, ...attr } }
}
/** The image of 16 × 16 × 3 about 0, a map of 8 × 8 × 4, a row of 4. */
const start = [
  placeholder(),
  on('image', 'Mul', 'x tiny'),
  on('map', 'Conv2D', 'image kernel'),
  on('row', 'Mean', 'map positions', { keep_dims: { b: false } }),
]
const constants: readonly GraphConstant[] = [
  ...[
    { name: 'tiny', noise: [], around: 0.02 },
    { name: 'kernel', noise: [3, 3, 3, 4] },
    { name: 'even', noise: [2, 2, 3, 4] },
  ],
  ...[
    { name: 'deep', noise: [3, 3, 3, 2] },
    { name: 'four', noise: [4] },
    { name: 'six', noise: [6] },
    { name: 'ones', noise: [4], around: 1 },
  ],
  ...[
    { name: 'other', noise: [4] },
    { name: 'variance', noise: [4], around: 1 },
    { name: 'alphas', noise: [1, 1, 4] },
  ],
  ...[
    { name: 'each', noise: [1, 8, 8, 4], around: 2 },
    { name: 'rows', noise: [4, 5] },
    { name: 'columns', noise: [5, 4] },
  ],
  ...[
    { name: 'pads', integers: [0, 0, 1, 2, 0, 3, 0, 0], shape: [4, 2] },
    { name: 'zero', integers: 0 },
    { name: 'positions', integers: [1, 2] },
  ],
  ...[
    { name: 'behind', integers: [-3, -2] },
    { name: 'last', integers: -1 },
    { name: 'second', integers: 2 },
    { name: 'order', integers: [0, 3, 1, 2] },
  ],
  ...[
    { name: 'flat', integers: [-1, 256] },
    { name: 'parts', integers: [-1, 2, 2] },
    { name: 'begin', integers: [0] },
    { name: 'end', integers: [1] },
  ],
]

describe('a graph model gives what tfjs gives', () => {
  it('at every node of a network that TensorFlow made', async () => {
    const path = fixturePath()
    const nodes: GraphNode[] = JSON.parse(readFileSync(path, 'utf8')).modelTopology.node
    const names = nodes.filter(({ op }) => !/^(Const|Placeholder|Shape|StridedSlice|Pack)$/.test(op)).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(25)
    await checkGraph(path, names, 'image')
  })

  it.each<[string, ...GraphNode[]]>([
    [
      'an explicit padding',
      on('y', 'Conv2D', 'image kernel', { padding: text('EXPLICIT'), explicit_paddings: whole(0, 0, 2, 1, 0, 3, 0, 0) }),
    ],
    ['no padding', on('y', 'Conv2D', 'image kernel', { padding: text('VALID') })],
    ['dilations', on('y', 'Conv2D', 'image kernel', { strides: whole(1, 1, 1, 1), dilations: whole(1, 2, 3, 1) })],
    ['dilations of an even kernel', on('y', 'Conv2D', 'image even', { strides: whole(1, 1, 1, 1), dilations: whole(1, 3, 1, 1) })],
    [
      'a leaky fused convolution',
      on('y', '_FusedConv2D', 'image kernel four', { fused_ops: texts('BiasAdd', 'LeakyRelu'), leakyrelu_alpha: { f: 0.3 } }),
    ],
    ['an elu in a convolution', on('y', '_FusedConv2D', 'image kernel four', { fused_ops: texts('BiasAdd', 'Elu') })],
    ['a prelu in a convolution', on('y', '_FusedConv2D', 'image kernel four alphas', { fused_ops: texts('BiasAdd', 'Prelu') })],
    ['two channels for each', on('y', 'DepthwiseConv2dNative', 'image deep')],
    ['a fused depthwise convolution', on('y', 'FusedDepthwiseConv2dNative', 'image deep six', { fused_ops: texts('BiasAdd', 'Relu6') })],
    ['a product with a turned matrix', on('y', 'MatMul', 'row columns', { transpose_b: { b: true } })],
    ['a fused product', on('y', '_FusedMatMul', 'row rows five', { fused_ops: texts('BiasAdd', 'Relu') })],
    ['FusedBatchNormV3', on('y', 'FusedBatchNormV3', 'map ones four other variance', { epsilon: { f: 0.01 }, is_training: { b: false } })],
    ['BiasAdd', on('y', 'BiasAdd', 'map four')],
    [
      'arithmetic',
      on('sum', 'AddN', 'map map map'),
      on('minus', 'Sub', 'tiny sum'),
      on('part', 'RealDiv', 'minus each'),
      on('most', 'Maximum', 'part map'),
      on('y', 'Minimum', 'most four'),
    ],
    [
      'functions',
      on('a', 'Softplus', 'map'),
      on('b', 'Sqrt', 'a'),
      on('c', 'Neg', 'b'),
      on('d', 'Exp', 'c'),
      on('e', 'Selu', 'd'),
      on('f', 'Tanh', 'e'),
      on('y', 'Erf', 'f'),
    ],
    ['Cast', on('y', 'Cast', 'map', { SrcT: { type: 'DT_UINT8' }, DstT: { type: 'DT_FLOAT' } })],
    [
      'pools behind a Pad',
      on('padded', 'Pad', 'map pads'),
      on('low', 'Neg', 'padded'),
      on('y', 'AvgPool', 'padded', { padding: text('VALID') }),
      on('z', 'MaxPool', 'low', { padding: text('VALID') }),
    ],
    ['LeakyRelu', on('y', 'LeakyRelu', 'map', { alpha: { f: 0.3 } })],
    ['Softmax', on('y', 'Softmax', 'row')],
    ['LogSoftmax', on('y', 'LogSoftmax', 'row')],
    ['pools', on('most', 'MaxPool', 'map'), on('y', 'AvgPool', 'most', { padding: text('VALID') })],
    ['Mean, sides kept', on('y', 'Mean', 'map behind', { keep_dims: { b: true } })],
    ['Max', on('y', 'Max', 'map positions', { keep_dims: { b: false } })],
    ['channels joined', on('y', 'ConcatV2', 'map map last')],
    ['columns joined', on('y', 'ConcatV2', 'map map second')],
    ['Pad', on('y', 'Pad', 'map pads')],
    ['PadV2', on('y', 'PadV2', 'map pads zero')],
    [
      'shapes',
      on('long', 'Reshape', 'map flat'),
      on('three', 'Reshape', 'row parts'),
      on('wide', 'ExpandDims', 'three last'),
      on('y', 'Squeeze', 'wide', { squeeze_dims: whole(3) }),
    ],
    [
      'all sides of 1 dropped',
      on('mean', 'Mean', 'map positions', { keep_dims: { b: true } }),
      on('y', 'Squeeze', 'mean', { squeeze_dims: whole(1, 2) }),
    ],
    ['a crop', on('y', 'StridedSlice', 'map from to steps', { begin_mask: { i: '9' }, end_mask: { i: '9' } })],
    [
      'channels turned round',
      on('y', 'StridedSlice', 'map any any back', { ellipsis_mask: { i: '1' }, begin_mask: { i: '2' }, end_mask: { i: '2' } }),
    ],
    ['Transpose', on('y', 'Transpose', 'map order')],
    [
      'a shape that is computed',
      on('shape', 'Shape', 'map'),
      on('n', 'StridedSlice', 'shape begin end end', { shrink_axis_mask: { i: '1' } }),
      on('new', 'Pack', 'n six4'),
      on('y', 'Reshape', 'map new'),
    ],
  ])('with %s', async (_, ...nodes) => {
    const path = graphFile(
      [...start, ...nodes],
      [
        ...constants,
        { name: 'five', noise: [5] },
        { name: 'six4', integers: 256 },
        { name: 'from', integers: [0, 1, 2, 0] },
        { name: 'to', integers: [0, -1, 99, 0] },
        { name: 'steps', integers: [1, 1, 1, 1] },
        { name: 'any', integers: [0, 0] },
        { name: 'back', integers: [1, -1] },
      ],
    )
    await checkGraph(
      path,
      nodes.filter(({ name, op }) => name === 'y' || !/^(Shape|StridedSlice|Pack)$/.test(op)).map(({ name }) => name),
      'x',
    )
  })
})

describe('a graph model', () => {
  it('ends where its signature says', async () => {
    const backbone = await resolveBackbone(fixturePath())
    expect(backbone).toMatchObject({ name: 'model.json', layer: 'Identity', size: 16, layout: 'nchw', batch: undefined })
    expect((await runBackbone(backbone)).dims).toEqual([1, 5])
  })

  it('without a signature ends with the node that no other one takes', async () => {
    expect((await resolveBackbone(graphFile(start, constants))).layer).toBe('row')
  })

  it('may be cut below nodes that are not known', async () => {
    const path = graphFile([...start, on('y', 'Fft', 'map')], constants)
    expect((await resolveBackbone(path, { layer: 'map' })).layer).toBe('map')
  })

  it('takes the size of its images from --size where it has none, and its shape from the signature where the node has none', async () => {
    const { attr: _, ...shapeless } = placeholder()
    const dim = [-1, -1, -1, 3].map((size) => ({ size: String(size) }))
    const signature = { inputs: { x: { name: 'x:0', tensorShape: { dim } } }, outputs: { map: { name: 'map:0' } } }
    const path = graphFile([shapeless, ...start.slice(1)], constants, { signature })
    expect((await userErrorOf(() => resolveBackbone(path))).message).toContain(`Expected --size for ${path}`)
    expect((await runBackbone(await resolveBackbone(path, { size: 10 }))).dims).toEqual([1, 5, 5, 4])
  })

  const exporting = 'xport it to ONNX and give the .onnx file to --model'
  const refused = (found: string, fix: string) => `to be a model of ordinary layers, found ${found}. ${fix}.`
  const ordinary = (found: string) => refused(found, `E${exporting}, or end before that with --layer`)
  const uncuttable = (found: string) => refused(found, `E${exporting}`)
  const unfit = (found: string) => refused(found, `Save it again, or e${exporting}`)
  it.each<[string, readonly GraphNode[], string]>([
    ['an unknown operation', [...start, on('y', 'Fft', 'map')], ordinary('node "y" (Fft), which this program does not know')],
    ['two nodes of one name', [...start, ...start.slice(-1)], uncuttable('two nodes of one name')],
    ['a node that is missing', [...start, on('y', 'Add', 'map nowhere')], uncuttable('no node "nowhere" in it, which another one takes')],
    ['a circle', [...start, on('y', 'Add', 'map z'), on('z', 'Add', 'y map')], uncuttable('node "z" in a circle of nodes')],
    ['a second output', [...start, on('y', 'Relu', 'map:1')], uncuttable('output 1 of node "map" in use')],
    ['an end without the image', [on('y', 'Identity', 'four')], 'to take one batch of images of 3 channels, [n, h, w, 3]; found no input.'],
    ['no nodes', [], uncuttable('a graph without outputs')],
    [
      'channels first',
      [...start, on('y', 'MaxPool', 'map', { data_format: text('NCHW') })],
      ordinary('node "y" (MaxPool) with its channels first'),
    ],
    [
      'a window over the batch',
      [...start, on('y', 'MaxPool', 'map', { strides: whole(2, 1, 1, 1) })],
      ordinary('node "y" (MaxPool) with strides [2,1,1,1]'),
    ],
    ['a kernel that is computed', [...start, on('y', 'Conv2D', 'image map')], ordinary('node "y" (Conv2D) whose input 1 is no constant')],
    [
      'a kernel of other channels',
      [...start, on('y', 'Conv2D', 'map kernel')],
      ordinary('node "y" (Conv2D) with a kernel [3, 3, 3, 4] on 4 channels'),
    ],
    ['a map where a row is due', [...start, on('y', 'MatMul', 'map rows')], ordinary('node "y" (MatMul) of other than rows of numbers')],
    [
      'a convolution of rows',
      [...start, on('y', 'Conv2D', 'row kernel')],
      ordinary('node "y" (Conv2D) on a tensor of the shape [n, 4] in place of [n, h, w, channels]'),
    ],
    [
      'a fused operation that is not known',
      [...start, on('y', '_FusedConv2D', 'image kernel four', { fused_ops: texts('BiasAdd', 'Fft') })],
      ordinary('node "y" (_FusedConv2D) fused with BiasAdd, Fft'),
    ],
    [
      'a mean over channels',
      [...start, on('y', 'Mean', 'map second')],
      ordinary('node "y" (Mean) over other axes than the height and width of a map'),
    ],
    ['different ranks', [...start, on('y', 'Add', 'map row')], ordinary('node "y" (Add) of tensors of different rank')],
    ['a shape that does not fit', [...start, on('y', 'Reshape', 'row flat')], ordinary('node "y" (Reshape) from [n, 4] to [n, 256]')],
    ['padded channels', [...start, on('y', 'Pad', 'map padded')], ordinary('node "y" (Pad) with other than zeros around a map')],
    ['whole numbers', [...start, on('y', 'Cast', 'map', { DstT: { type: 'DT_INT32' } })], ordinary('node "y" (Cast) to DT_INT32')],
    [
      'every other row',
      [...start, on('y', 'StridedSlice', 'map from from two')],
      ordinary('node "y" (StridedSlice) of other than rows and columns of a map'),
    ],
    [
      'nothing left',
      [...start, on('y', 'StridedSlice', 'map from from steps', { begin_mask: { i: '9' }, end_mask: { i: '9' } })],
      ordinary('node "y" (StridedSlice) of other than rows and columns of a map'),
    ],
    ['the batch turned', [...start, on('y', 'Transpose', 'map turned')], ordinary('node "y" (Transpose) of the batch with another axis')],
    [
      'two inputs',
      [...start, { ...placeholder(), name: 'z' }, on('y', 'Add', 'image z')],
      'to take one batch of images of 3 channels, [n, h, w, 3]; found "x" [?, 16, 16, 3], "z" [?, 16, 16, 3].',
    ],
    [
      'grey images',
      [placeholder(16, 1), ...start.slice(1)],
      'to take one batch of images of 3 channels, [n, h, w, 3]; found "x" [?, 16, 16, 1].',
    ],
  ])('is refused with %s', async (_, nodes, message) => {
    const path = graphFile(nodes, [
      ...constants,
      { name: 'from', integers: [0, 1, 2, 0] },
      { name: 'two', integers: [1, 2, 1, 1] },
      { name: 'steps', integers: [1, 1, 1, 1] },
      { name: 'padded', integers: [0, 0, 0, 0, 0, 0, 1, 0], shape: [4, 2] },
      { name: 'turned', integers: [1, 0, 2, 3] },
    ])
    expect((await userErrorOf(() => resolveBackbone(path, { layer: 'y' }))).message).toBe(`Expected ${path} ${message}`)
  })

  it('is refused where a constant is not in its files', async () => {
    const path = graphFile([...start, { name: 'lost', op: 'Const' }, on('y', 'Add', 'map lost')], constants)
    expect((await userErrorOf(() => resolveBackbone(path, { layer: 'y' }))).message).toBe(
      `Expected ${path} ${unfit('no weights of node "lost" (Const) in it')}`,
    )
  })
})
