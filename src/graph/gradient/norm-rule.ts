import { float, floatOf, intOf } from '../attributes.js'
import { channelSums } from './channel-sums.js'
import type { Rule, Rules } from './rule.js'
import { unsupported } from './unsupported.js'

/**
 * y = γ · x̂ + β, x̂ = (x − μ) / √(σ² + ε) with moving statistics, which do not change:
 * γ · g / √(σ² + ε) for x, Σ g · x̂ for γ, Σ g for β. The operator itself computes the first one and x̂.
 */
const batchNorm: Rule = (call) => {
  const { write, node, gradient, isWanted, dimsOf } = call
  const [x = '', gamma = '', , mean = '', variance = ''] = node.inputs
  const channels = dimsOf(gamma)?.[0]
  if (channels === undefined) throw unsupported(node, 'constants', `${gamma} computed`)
  if (intOf(node, 'training_mode', 0) !== 0) throw unsupported(node, 'moving statistics', 'training mode')
  const [zeros, ones] = [write.filled([channels], 0), write.filled([channels], 1)]
  const epsilon = { epsilon: float(floatOf(node, 'epsilon', 1e-5)) }
  const scaled = () => write.op('BatchNormalization', [gradient, gamma, zeros, zeros, variance], epsilon)
  const normed = () => write.op('BatchNormalization', [x, ones, zeros, mean, variance], epsilon)
  return [
    isWanted(0) ? scaled() : undefined,
    isWanted(1) ? channelSums(call, write.op('Mul', [gradient, normed()])) : undefined,
    isWanted(2) ? channelSums(call, gradient) : undefined,
  ]
}

export const normRules: Rules = { BatchNormalization: batchNorm }
