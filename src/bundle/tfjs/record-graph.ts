import type { Backbone, InputRule } from '../../backbones/backbone.js'
import { UserError } from '../../base/errors.js'
import { TensorflowRefusal } from '../../engine/tensorflow/operator.js'
import type { Tensorflow, TfTensor } from '../../engine/tensorflow/tensorflow.js'
import { plain, type Value } from '../../engine/tensorflow/value.js'
import { foldBatchNorm } from '../../graph/fold-batch-norm.js'
import { foldConstants } from '../../graph/fold-constants.js'
import { foldPadding } from '../../graph/fold-padding.js'
import { fuseNodes, withoutUnused } from './fuse-nodes.js'
import { GraphWriter, shape, type TfGraph } from './graph-writer.js'
import { recordNodes } from './record-nodes.js'
import { RecordedTensor, recorded } from './recorded-tensor.js'
import { recordingTensorflow } from './recorder.js'

/** The names of the graph's input and output. */
export const [inputName, outputName] = ['image', 'probabilities']

/**
 * A network as nodes of TensorFlow: `image` [n, side, side, 3] in, whole or broken numbers 0…255, `probabilities` [n, classes] out.
 *
 * @param backbone with the head behind its layer.
 * @throws UserError when the network holds what TensorFlow.js cannot run.
 */
export function recordGraph(backbone: Backbone): TfGraph {
  const { batch, size, layout } = backbone
  const writer = new GraphWriter(batch)
  const tf = recordingTensorflow(writer)
  const x = normalised(tf, placeholder(writer, [size, size, 3]), backbone.input)
  const input: Value = layout === 'nchw' ? { tensor: x, channels: 'last' } : plain(x)
  try {
    const answers = recordNodes(tf, foldPadding(foldBatchNorm(foldConstants(backbone.graph))), input)
    writer.addNode('Identity', [recorded(answers)], {}, outputName)
  } catch (error) {
    throw error instanceof TensorflowRefusal ? unfit(error) : error
  }
  return withoutUnused(fuseNodes(withoutUnused(writer, outputName)), outputName)
}

/** Of no stated type, so that TensorFlow.js takes whole numbers and broken ones: pixels as they are, or resized. */
function placeholder(writer: GraphWriter, dims: readonly number[]): TfTensor {
  const name = writer.addNode('Placeholder', [], { shape: shape(writer.open([writer.batch, ...dims])) }, inputName)
  return new RecordedTensor(name, { shape: [writer.batch, ...dims], dtype: 'int32' })
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

function unfit({ found }: TensorflowRefusal): UserError {
  return new UserError(`Expected a network that TensorFlow.js can run, found ${found}. Export it with --format onnx.`)
}
