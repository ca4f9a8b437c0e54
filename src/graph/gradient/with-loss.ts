import { int } from '../attributes.js'
import { elementTypes, type Graph, node, type ValueInfo } from '../graph.js'
import { NodeWriter } from './node-writer.js'

export interface LossOptions {
  /** softmax: one label for each image, −Σ t · log softmax(x). sigmoid: any number of them, the mean of −t · log s − (1 − t) · log(1 − s), s = sigmoid(x). */
  readonly kind: 'softmax' | 'sigmoid'
  /** The tensor of logits, [n, classes]. Default the first output. */
  readonly logits?: string
}

/** The input that takes the shares of each class, [n, classes]: one 1 in each row, or smoothed labels. */
export const targets = 'targets'

/** The output that holds the loss of each image, [n]; the gradient that goes in tells each image's weight, such as 1 / n for the mean. */
export const loss = 'loss'

/** The graph with a loss behind its logits: `targets` is its last input and `loss` its first output. */
export function withLoss(graph: Graph, { kind, logits = graph.outputs[0]?.name ?? '' }: LossOptions): Graph {
  const write = new NodeWriter('loss:')
  const terms = kind === 'softmax' ? softmaxTerms(write, logits) : sigmoidTerms(write, logits)
  const sum = node('ReduceSum', loss, [terms, write.integers(1)], { keepdims: int(0) })
  const known = graph.outputs.find(({ name }) => name === logits)?.dims
  const inputs: ValueInfo[] = [...graph.inputs, { name: targets, type: 'float32', dims: known ?? ['n', null] }]
  return {
    ...graph,
    inputs,
    outputs: [{ name: loss, type: 'float32', dims: [known?.[0] ?? 'n'] }, ...graph.outputs],
    nodes: [...graph.nodes, ...write.nodes, sum],
    initializers: new Map([...graph.initializers, ...write.constants]),
  }
}

/** −t · log softmax(x): log and softmax in one, so that nothing overflows. Its gradient is softmax(x) · Σ t − t. */
function softmaxTerms(write: NodeWriter, logits: string): string {
  return write.op('Neg', [write.op('Mul', [targets, write.op('LogSoftmax', [logits], { axis: int(1) })])])
}

/** log(1 + exp(x)) − t · x over the number of classes: the same as −t · log s − (1 − t) · log(1 − s). */
function sigmoidTerms(write: NodeWriter, logits: string): string {
  const terms = write.op('Sub', [write.op('Softplus', [logits]), write.op('Mul', [targets, logits])])
  const classes = write.op('Gather', [write.op('Shape', [logits]), write.integers(1)], { axis: int(0) })
  return write.op('Div', [terms, write.op('Cast', [classes], { to: int(elementTypes.float32) })])
}
