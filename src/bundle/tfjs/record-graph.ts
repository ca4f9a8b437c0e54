import type { Backbone, InputRule } from '../../backbones/backbone.js'
import { UserError } from '../../base/errors.js'
import { refusal, TensorflowRefusal } from '../../engine/tensorflow/operator.js'
import { makePlan } from '../../engine/tensorflow/plan.js'
import { evaluate } from '../../engine/tensorflow/step.js'
import type { Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import { channelsFirst, plain, type Value } from '../../engine/tensorflow/value.js'
import { foldBatchNorm } from '../../graph/fold-batch-norm.js'
import { foldConstants } from '../../graph/fold-constants.js'
import { foldPadding } from '../../graph/fold-padding.js'
import type { Graph, Node } from '../../graph/graph.js'
import { fuseNodes, withoutUnused } from './fuse-nodes.js'
import { GraphWriter, shape, type TfGraph } from './graph-writer.js'
import { NotConstant, RecordedTensor, recorded } from './recorded-tensor.js'
import { recordingTensorflow } from './recorder.js'

/** The names of the graph's input and output. */
export const [inputName, outputName] = ['image', 'probabilities']

/**
 * Stands for the batch in shapes while the graph is recorded: a prime that no side of a layer is a multiple of, so that a side that is one
 * comes from the batch.
 */
const openBatch = 1_000_003

/**
 * A network as nodes of TensorFlow: `image` [n, side, side, 3] in, whole or broken numbers 0…255, `probabilities` [n, classes] out.
 *
 * The engine that runs networks on TensorFlow.js runs this one on a recorder, so that both know the same operators, and maps stay channels last.
 *
 * @param backbone with the head behind its layer.
 * @throws UserError when the network holds what TensorFlow.js cannot run.
 */
export function recordGraph(backbone: Backbone): TfGraph {
  const { batch, size, layout } = backbone
  const writer = new GraphWriter()
  const tf = recordingTensorflow(writer, batch === undefined ? openBatch : undefined)
  const x = normalised(tf, placeholder(writer, [batch, size, size, 3]), backbone.input)
  const input: Value = layout === 'nchw' ? { tensor: x, channels: 'last' } : plain(x)
  try {
    const answers = run(tf, foldPadding(foldBatchNorm(foldConstants(backbone.graph))), input)
    writer.addNode('Identity', [recorded(answers)], {}, outputName)
  } catch (error) {
    throw error instanceof TensorflowRefusal ? unfit(error) : error
  }
  return withoutUnused(fuseNodes(withoutUnused(writer, outputName)), outputName)
}

/** Of no stated type, so that TensorFlow.js takes whole numbers and broken ones: pixels as they are, or resized. */
function placeholder(writer: GraphWriter, [batch, ...dims]: readonly [number | undefined, number, number, number]): TfTensor {
  const name = writer.addNode('Placeholder', [], { shape: shape([batch ?? -1, ...dims]) }, inputName)
  return new RecordedTensor(name, { shape: [batch ?? openBatch, ...dims], dtype: 'int32' })
}

/** (v − mean) / scale, red, green and blue in the order that the network wants. */
function normalised(tf: Tensorflow, image: TfTensor, { order, mean, scale }: InputRule): TfTensor {
  const triple = (values: readonly number[]) => {
    const isOne = values.every((value) => value === values[0])
    return tf.tensor(isOne ? values.slice(0, 1) : values, isOne ? [] : [3], 'float32')
  }
  let x = tf.cast(image, 'float32')
  if (mean.some((value) => value !== 0)) x = tf.sub(x, triple(mean))
  if (scale.some((value) => value !== 1)) x = tf.div(x, triple(scale))
  return order === 'rgb' ? x : tf.gather(x, tf.tensor([2, 1, 0], [3], 'int32'), 3)
}

/** The graph's output for its input. */
function run(tf: Tensorflow, graph: Graph, input: Value): TfTensor {
  const known = attempt(
    graph.nodes.find((node) => isOfConstants(node, graph)),
    () => makePlan(tf, graph),
  )
  const values = new Map<string, Value>([...known.constants, [graph.inputs[0]?.name ?? '', input]])
  for (const step of known.steps) {
    for (const [name, value] of attempt(step.node, () => evaluate(tf, step, (name) => values.get(name)))) values.set(name, value)
  }
  const output = values.get(graph.outputs[0]?.name ?? '')
  if (!output) throw new Error('Expected the graph to have an output')
  return channelsFirst(tf, output)
}

const isOfConstants = ({ inputs }: Node, { initializers }: Graph) => inputs.every((name) => name === '' || initializers.has(name))

/** Says of which node it is that its inputs' numbers should be known. */
function attempt<T>(node: Node | undefined, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof NotConstant && node ? refusal(node, error.message) : error
  }
}

function unfit({ found }: TensorflowRefusal): UserError {
  return new UserError(`Expected a network that TensorFlow.js can run, found ${found}. Export it with --format onnx.`)
}
