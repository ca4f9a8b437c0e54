import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { fuseNodes, withoutUnused } from '../../../src/bundle/tfjs/fuse-nodes.js'
import { GraphWriter, shape, type TfGraph } from '../../../src/bundle/tfjs/graph-writer.js'
import { modelJson, shardName } from '../../../src/bundle/tfjs/model-json.js'
import { recordNodes } from '../../../src/bundle/tfjs/record-nodes.js'
import { RecordedTensor, recorded } from '../../../src/bundle/tfjs/recorded-tensor.js'
import { recordingTensorflow } from '../../../src/bundle/tfjs/recorder.js'
import { storeWeights } from '../../../src/bundle/tfjs/stored-weights.js'
import { parityOf } from '../../../src/engine/parity.js'
import { plain } from '../../../src/engine/tensorflow/value.js'
import { int, ints } from '../../../src/graph/attributes.js'
import { type Graph, node } from '../../../src/graph/graph.js'
import { dimsOf, graphOfCase, operatorCases } from '../../helpers/operator-cases.js'
import { runGraph } from '../../helpers/run-graph.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { tf } from '../../helpers/tfjs.js'
import { loadGraphModel, outputOf } from '../../helpers/tfjs-graph.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { graphOf, integers, noise, noiseFloats, tensor } from '../../helpers/tiny-graph.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Records a graph whose batch is open, unless told. */
function record(graph: Graph, [images = 1, ...dims]: readonly number[], isOpen = true): TfGraph {
  const writer = new GraphWriter(isOpen ? undefined : images)
  const image = writer.addNode('Placeholder', [], { shape: shape(writer.open([writer.batch, ...dims])) }, 'image')
  const input = new RecordedTensor(image, { shape: [writer.batch, ...dims], dtype: 'float32' })
  const output = recordNodes(recordingTensorflow(writer), graph, plain(input))
  writer.addNode('Identity', [recorded(output)], {}, 'probabilities')
  return withoutUnused(fuseNodes(writer), 'probabilities')
}

async function run(graph: TfGraph, input: Float32Array, dims: readonly number[]) {
  const weights = storeWeights(graph, 'float32')
  const facts = { dims: dims.slice(1), batch: undefined, classes: 1, producer: 'test', metadata: {} }
  const folder = tempFolder()
  writeFileSync(join(folder, 'model.json'), modelJson(graph, weights, facts))
  for (const [at, bytes] of weights.shards.entries()) writeFileSync(join(folder, shardName(at, weights.shards.length)), bytes)
  const model = await loadGraphModel(folder)
  return outputOf(model, tf.tensor(input, [...dims]))
}

const dims = [2, 3, 8, 8]
const opsOf = ({ nodes }: TfGraph) => nodes.map(({ op }) => op)

describe('a recorded operator gives what onnxruntime gives', () => {
  const ofTheImage = Object.entries(operatorCases).filter(([name]) => !name.startsWith('Shape of a map'))
  it.each(ofTheImage)('%s', async (_, given) => {
    const dims = dimsOf(given)
    const input = noiseFloats(
      dims.reduce((all, side) => all * side, 1),
      3,
    )
    const found = await run(record(graphOfCase(given), dims), input, dims)
    const wanted = await runGraph(graphOfCase(given), input, dims)
    expect(found.dims).toEqual(wanted.dims)
    expect(parityOf(found, wanted).worst).toBeLessThan(1e-5)
  })
})

describe('what is left out', () => {
  it('transposes of constants, and those that another one undoes', () => {
    const nodes = [
      node('Transpose', 'last', ['image'], { perm: ints([0, 2, 3, 1]) }),
      node('Transpose', 'first', ['last'], { perm: ints([0, 3, 1, 2]) }),
      node('Transpose', 'kernel', ['weight'], { perm: ints([1, 0, 2, 3]) }),
      node('Add', 'y', ['first', 'kernel']),
    ]
    expect(opsOf(record(graphOf(nodes, { weight: noise([3, 1, 8, 8]) }), dims))).toEqual(['Placeholder', 'AddV2', 'Identity'])
  })

  it('bias and activation behind a product; not where somebody else takes the product', () => {
    const nodes = [node('Conv', 'a', ['image', 'weight', 'bias']), node('Clip', 'b', ['a', 'zero', 'six']), node('Relu', 'y', ['b'])]
    const constants = { weight: noise([4, 3, 3, 3]), bias: noise([4]), zero: tensor([], [0]), six: tensor([], [6]) }
    const layout = ['Transpose', '_FusedConv2D', 'Relu', 'Transpose']
    expect(opsOf(record(graphOf(nodes, constants), dims))).toEqual(['Placeholder', ...layout, 'Identity'])
    const twice = [node('Conv', 'a', ['image', 'weight', 'bias']), node('Relu', 'b', ['a']), node('Add', 'y', ['a', 'b'])]
    expect(opsOf(record(graphOf(twice, constants), dims))).toEqual([
      'Placeholder',
      'Transpose',
      '_FusedConv2D',
      'Relu',
      'AddV2',
      'Transpose',
      'Identity',
    ])
  })
})

describe('what is refused', () => {
  const refused = (graph: Graph, isOpen?: boolean) => userErrorOf(() => record(graph, dims, isOpen))

  it('an operator that is not known, named', async () => {
    const { message } = await refused(
      graphOf([node('CumSum', 'sum', ['image', 'axis']), node('Relu', 'y', ['sum'])], { axis: integers(1) }),
    )
    expect(message).toBe(
      'Expected a network that TensorFlow.js can run, found the operator CumSum in layer "sum" (CumSum). Use --engine onnx, which runs it.',
    )
  })

  it('the number of images as a number, where it is open', async () => {
    const nodes = [
      node('Shape', 'sides', ['image']),
      node('Cast', 'numbers', ['sides'], { to: int(1) }),
      node('Flatten', 'rows', ['image']),
      node('ReduceMean', 'mean', ['numbers']),
      node('Add', 'y', ['rows', 'mean']),
    ]
    const { message } = await refused(graphOf(nodes, {}))
    expect(message).toMatch('found the number of images as a number in layer "mean" (ReduceMean).')
    expect(opsOf(record(graphOf(nodes, {}), dims, false))).toContain('Mean')
  })

  it('a shape that only running tells', async () => {
    const nodes = [
      node('ReduceMean', 'mean', ['image']),
      node('Cast', 'whole', ['mean'], { to: int(6) }),
      node('Reshape', 'shape', ['whole', 'one']),
      node('Reshape', 'y', ['image', 'shape']),
    ]
    const { message } = await refused(graphOf(nodes, { one: integers(1) }))
    expect(message).toMatch('found numbers that are only known when it runs in layer "y" (Reshape).')
  })
})
