import { UserError } from '../base/errors.js'
import { batchNormAsConv } from './batch-norm-as-conv.js'
import { foldBatchNorm } from './fold-batch-norm.js'
import { foldConstants } from './fold-constants.js'
import { foldPadding } from './fold-padding.js'
import type { Graph } from './graph.js'

/** The first operator set whose QuantizeLinear knows scales of single channels. */
const firstOpset = 13

/**
 * The same network with as few layers as quantizing wants: norms and padding merged into convolutions.
 *
 * @throws UserError when the model is older than operator set 13, or has been quantized already.
 */
export function prepareQuantization(graph: Graph): Graph {
  const opset = graph.opsets.get('') ?? 1
  if (opset < firstOpset) {
    throw new UserError(
      `Expected a model of operator set ${firstOpset} or newer for --precision int8, found ${opset}. Export it again with opset ${firstOpset}, or use --precision float32.`,
    )
  }
  const done = graph.nodes.find(({ op }) => /^(QLinear|QuantizeLinear|DequantizeLinear|ConvInteger|MatMulInteger)/.test(op))
  if (done) {
    throw new UserError(
      `Expected a float32 model for --precision int8, found one that is quantized already (${done.op}). Use --precision float32, which runs it as it is.`,
    )
  }
  return foldPadding(batchNormAsConv(foldBatchNorm(foldConstants(graph))))
}
