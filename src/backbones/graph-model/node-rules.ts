import { leakyRelu, logSoftmax, prelu, softmax } from '../../graph/activations.js'
import { activationStep, clip, operator } from '../../graph/builder-activation.js'
import { apply, batchNorm, pair } from './arithmetic-nodes.js'
import { numberOf } from './attributes.js'
import { conv2d, depthwiseConv2d, matMul } from './conv-nodes.js'
import { constantAt, type NodeRule, tensorAt } from './node-call.js'
import { pool, reduce } from './pool-nodes.js'
import { cast, concat, expandDims, identity, pad, reshape, squeeze, transpose } from './shape-nodes.js'
import { stridedSlice } from './slice-nodes.js'

/** Nodes by operation. A new one is one rule and one line here. */
export const nodeRules: ReadonlyMap<string, NodeRule> = new Map<string, NodeRule>([
  ['Conv2D', conv2d],
  ['_FusedConv2D', conv2d],
  ['DepthwiseConv2dNative', depthwiseConv2d],
  ['FusedDepthwiseConv2dNative', depthwiseConv2d],
  ['MatMul', matMul],
  ['_FusedMatMul', matMul],
  ['FusedBatchNorm', batchNorm],
  ['FusedBatchNormV2', batchNorm],
  ['FusedBatchNormV3', batchNorm],
  ['BiasAdd', pair('Add')],
  ['Add', pair('Add')],
  ['AddV2', pair('Add')],
  ['AddN', pair('Add')],
  ['Sub', pair('Sub')],
  ['Mul', pair('Mul')],
  ['Div', pair('Div')],
  ['RealDiv', pair('Div')],
  ['Maximum', pair('Max')],
  ['Minimum', pair('Min')],
  ...(['Relu', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'Exp', 'Sqrt', 'Neg', 'Erf'] as const).map(
    (op): [string, NodeRule] => [op, apply(() => operator(op))],
  ),
  ['Relu6', apply(() => clip(0, 6))],
  ['LeakyRelu', apply((node) => leakyRelu(numberOf(node, 'alpha', 0.2)))],
  ['Prelu', (call) => ({ step: activationStep(call.node.name, tensorAt(call), prelu(constantAt(call, 1))) })],
  ['Softmax', apply(() => softmax)],
  ['LogSoftmax', apply(() => logSoftmax)],
  ['MaxPool', pool('max')],
  ['AvgPool', pool('average')],
  ['Max', reduce('max')],
  ['Mean', reduce('average')],
  ['ConcatV2', concat],
  ['Pad', pad],
  ['PadV2', pad],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['ExpandDims', expandDims],
  ['Transpose', transpose],
  ['StridedSlice', stridedSlice],
  ['Cast', cast],
  ['Identity', identity],
  ['StopGradient', identity],
  ['Snapshot', identity],
])
