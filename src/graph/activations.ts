import { type Activation, chain, clip, gated, operator, scaled, shifted } from './builder-activation.js'
import { type Constant, constantFor } from './builder-constant.js'
import { type AnyValue, channelAxis } from './builder-layer.js'
import { type Attribute, node } from './graph.js'

/** The functions that go by one name in Keras and tfjs; where the two differ, or versions of Keras do, the name is not here. */
export const activations: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['relu', operator('Relu')],
  ['relu6', clip(0, 6)],
  ['leaky_relu', leakyRelu(0.2)],
  ['elu', elu(1)],
  ['selu', operator('Selu')],
  ['sigmoid', operator('Sigmoid')],
  ['tanh', operator('Tanh')],
  ['softplus', operator('Softplus')],
  ['softsign', operator('Softsign')],
  ['exponential', operator('Exp')],
  ['softmax', softmax],
  ['log_softmax', logSoftmax],
  ['swish', gated(operator('Sigmoid'))],
  ['silu', gated(operator('Sigmoid'))],
  ['hard_swish', operator('HardSwish')],
  ['hard_silu', operator('HardSwish')],
  ['mish', gated(chain(operator('Softplus'), operator('Tanh')))],
  ['gelu', gated(chain(scaled(Math.SQRT1_2), operator('Erf'), shifted(1), scaled(0.5)))],
])

/** x above 0, slope · x below. */
export function leakyRelu(slope: number): Activation {
  return operator('LeakyRelu', { alpha: { kind: 'float', value: slope } })
}

/** x above 0, alpha · (exp(x) − 1) below. */
export function elu(alpha: number): Activation {
  return operator('Elu', { alpha: { kind: 'float', value: alpha } })
}

/** x above 0, alpha · x below, alpha one for each channel or for each number. */
export function prelu(alpha: Constant): Activation {
  return (name, x) => ({
    nodes: [node('PRelu', name, [x.name, `${name}/alpha`])],
    constants: { [`${name}/alpha`]: constantFor(x, alpha) },
  })
}

/** min(max(slope · x + 0.5, 0), 1): the slope is 0.2 in Keras 1 and 2 and tfjs, 1/6 in Keras 3. */
export function hardSigmoid(slope: number): Activation {
  return operator('HardSigmoid', { alpha: { kind: 'float', value: slope }, beta: { kind: 'float', value: 0.5 } })
}

/** exp(x) / Σ exp(x) along the channels. */
export function softmax(name: string, x: AnyValue): ReturnType<Activation> {
  return operator('Softmax', channels(x))(name, x)
}

/** The logarithm of softmax. */
export function logSoftmax(name: string, x: AnyValue): ReturnType<Activation> {
  return operator('LogSoftmax', channels(x))(name, x)
}

function channels(x: AnyValue): Readonly<Record<string, Attribute>> {
  return { axis: { kind: 'int', value: channelAxis(x) } }
}
