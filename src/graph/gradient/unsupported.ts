import { UserError } from '../../base/errors.js'
import { layerName, type Node } from '../graph.js'

/** A layer whose kind has a gradient, but not in this form. */
export function unsupported(node: Node, expected: string, found: string): UserError {
  return new UserError(`Expected ${expected}, found ${found} in layer "${layerName(node)}". Train from a layer behind it.`)
}
