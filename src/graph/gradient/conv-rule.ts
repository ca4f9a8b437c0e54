import { intOf } from '../attributes.js'
import { channelSums } from './channel-sums.js'
import { convInputGradient } from './conv-input-gradient.js'
import { convKernelGradient } from './conv-kernel-gradient.js'
import type { Rule, Rules } from './rule.js'
import { unsupported } from './unsupported.js'
import { windowSettings } from './window-pads.js'

/** y = kernel ∗ x + bias. */
const conv: Rule = (call) => {
  const { node, gradient, isWanted, dimsOf } = call
  const dims = dimsOf(node.inputs[1] ?? '')
  if (dims?.length !== 4) throw unsupported(node, 'a constant kernel of two dimensions', dims ? `${dims.length - 2}` : 'one computed')
  const parts = { dims, groups: intOf(node, 'group', 1), window: windowSettings(call, dims.slice(2)) }
  return [
    isWanted(0) ? convInputGradient(call, parts) : undefined,
    isWanted(1) ? convKernelGradient(call, parts) : undefined,
    isWanted(2) ? channelSums(call, gradient) : undefined,
  ]
}

export const convRules: Rules = { Conv: conv }
