import { isMap } from '../../graph/builder-layer.js'
import { flatGlobalPoolStep, globalPoolStep, type Pooling, poolStep } from '../../graph/builder-pool.js'
import { Unconvertible } from '../unconvertible.js'
import { flagOf, paddingOf, sidesOf } from './attributes.js'
import { titleOf } from './graph-def.js'
import { mapOf, type NodeRule, numbersAt, tensorAt } from './node-call.js'

/** MaxPool and AvgPool. */
export function pool(kind: Pooling): NodeRule {
  return (call) => {
    const window = { kernel: sidesOf(call.node, 'ksize'), strides: sidesOf(call.node, 'strides'), padding: paddingOf(call.node) }
    return { step: poolStep(kind, call.node.name, mapOf(call), window) }
  }
}

/** Mean and Max over all positions of a map. */
export function reduce(kind: Pooling): NodeRule {
  return (call) => {
    const x = tensorAt(call)
    const axes = numbersAt(call, 1).map((axis) => (axis < 0 ? axis + 4 : axis))
    const isGlobal = isMap(x) && axes.toSorted().join() === '1,2'
    if (!isGlobal) throw new Unconvertible(`${titleOf(call.node)} over other axes than the height and width of a map`)
    return { step: (flagOf(call.node, 'keep_dims') ? globalPoolStep : flatGlobalPoolStep)(kind, call.node.name, x) }
  }
}
