import { UserError } from '../../base/errors.js'
import { layerName, type Node } from '../graph.js'
import { arithmeticRules } from './arithmetic-rules.js'
import { convRules } from './conv-rule.js'
import { functionRules } from './function-rules.js'
import { meanRules } from './mean-rules.js'
import { normRules } from './norm-rule.js'
import { poolRules } from './pool-rules.js'
import { productRules } from './product-rules.js'
import type { Rule, Rules } from './rule.js'
import { shapeRules } from './shape-rules.js'
import { softmaxRules } from './softmax-rules.js'

const all: Rules = {
  ...{ ...arithmeticRules, ...convRules, ...functionRules, ...meanRules, ...normRules },
  ...{ ...poolRules, ...productRules, ...shapeRules, ...softmaxRules },
}

/**
 * The rule for a node's operator.
 *
 * @throws UserError where there is none.
 */
export function ruleOf(node: Node): Rule {
  const rule = node.domain === '' && Object.hasOwn(all, node.op) ? all[node.op] : undefined
  if (rule) return rule
  throw new UserError(
    `Expected layers with a known gradient behind the first one that is trained, found ${node.op} in layer "${layerName(node)}". Train from a layer behind it.`,
  )
}
