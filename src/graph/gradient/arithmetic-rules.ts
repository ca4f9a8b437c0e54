import type { Call, Rule, Rules } from './rule.js'
import { sumToShape } from './sum-to-shape.js'
import { unsupported } from './unsupported.js'

/** A gradient before it is summed to its input's shape. */
type Stretched = (call: Call, inputs: readonly string[], at: number) => string

/** A rule for operators that stretch their inputs to one shape and work number by number. */
function stretching(stretched: Stretched): Rule {
  return (call) =>
    call.node.inputs.map((input, at) =>
      call.isWanted(at) ? sumToShape(call.write, stretched(call, call.node.inputs, at), input) : undefined,
    )
}

const passed: Stretched = ({ gradient }) => gradient

/** a − b: g and −g. */
const difference: Stretched = ({ gradient, write }, _, at) => (at === 0 ? gradient : write.op('Neg', [gradient]))

/** a · b: g · b and g · a. */
const product: Stretched = ({ gradient, write }, [a = '', b = ''], at) => write.op('Mul', [gradient, at === 0 ? b : a])

/** y = a / b: g / b and −g · y / b. */
const quotient: Stretched = ({ gradient, write, node }, [, b = ''], at) => {
  const share = write.op('Div', [gradient, b])
  return at === 0 ? share : write.op('Neg', [write.op('Mul', [share, node.outputs[0] ?? ''])])
}

/** max(a, b) or min(a, b): g for the one that was taken, the first where they are equal. */
const chosen =
  (isFirst: 'GreaterOrEqual' | 'LessOrEqual'): Stretched =>
  ({ gradient, write, node }, inputs, at) => {
    if (inputs.length !== 2) throw unsupported(node, `${node.op} of two tensors`, `${inputs.length}`)
    const mask = write.op(isFirst, inputs)
    const zero = write.number(0)
    return write.op('Where', at === 0 ? [mask, gradient, zero] : [mask, zero, gradient])
  }

/** a ^ b with a constant b: g · b · a ^ (b − 1). */
const power: Stretched = ({ gradient, write, node }, [a = '', b = ''], at) => {
  if (at !== 0) throw unsupported(node, 'a constant power', 'one that is trained')
  const lower = write.op('Pow', [a, write.op('Sub', [b, write.number(1)])])
  return write.op('Mul', [gradient, write.op('Mul', [b, lower])])
}

/** x above 0, slope · x below: g · slope below 0 for x, g · x below 0 for the slope. */
const slope: Stretched = ({ gradient, write }, [x = '', factor = ''], at) => {
  const isAbove = write.op('Greater', [x, write.number(0)])
  const below = write.op('Mul', [gradient, at === 0 ? factor : x])
  return write.op('Where', [isAbove, at === 0 ? gradient : write.number(0), below])
}

export const arithmeticRules: Rules = {
  Add: stretching(passed),
  Sum: stretching(passed),
  Sub: stretching(difference),
  Mul: stretching(product),
  Div: stretching(quotient),
  Pow: stretching(power),
  Max: stretching(chosen('GreaterOrEqual')),
  Min: stretching(chosen('LessOrEqual')),
  PRelu: stretching(slope),
}
