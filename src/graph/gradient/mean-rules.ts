import { int, intOf, intsOf } from '../attributes.js'
import { elementTypes } from '../graph.js'
import type { Call, Rule, Rules } from './rule.js'

/** The gradient of each number's mean or sum, with the axes that it lost. */
function restored({ write, node, gradient }: Call): string {
  const axes = intsOf(node, 'axes')
  const named = node.inputs[1] || (axes && write.integers(...axes))
  return intOf(node, 'keepdims', 1) === 0 && named ? write.op('Unsqueeze', [gradient, named]) : gradient
}

const sum: Rule = (call) => [call.write.op('Expand', [restored(call), call.write.op('Shape', [call.node.inputs[0] ?? ''])])]

/** g / n for each of the n numbers of a mean. */
const mean: Rule = (call) => {
  const { write, node } = call
  const [sizeBefore = '', sizeAfter = ''] = [node.inputs[0] ?? '', node.outputs[0] ?? ''].map((tensor) =>
    write.op('Cast', [write.op('Size', [tensor])], { to: int(elementTypes.float32) }),
  )
  const share = write.op('Div', [sizeAfter, sizeBefore])
  const scaled = write.op('Mul', [restored(call), share])
  return [write.op('Expand', [scaled, write.op('Shape', [node.inputs[0] ?? ''])])]
}

export const meanRules: Rules = { ReduceSum: sum, ReduceMean: mean, GlobalAveragePool: mean }
