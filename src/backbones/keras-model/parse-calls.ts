import { type Fields, fieldsOf, itemsOf } from '../../base/json.js'
import { type Call, isReference, type Operand, type Reference } from './topology.js'

/**
 * Reads a layer's `inbound_nodes`.
 *
 * Keras 2 and tfjs: a list for each call, of [name, call, output, arguments]; functions of TensorFlow have their second
 * operand in the argument `y` or `bias`, and a constant first one under the name _CONSTANT_VALUE. Keras 3: { args, kwargs } for each
 * call, tensors as { class_name: "__keras_tensor__", config: { keras_history: [name, call, output] } }.
 */
export function parseCalls(nodes: unknown): readonly Call[] {
  return itemsOf(nodes).map((node) => {
    if (!Array.isArray(node)) return callOfKeras3(fieldsOf(node))
    const connections = isConnection(node) ? [node] : node.filter(isConnection)
    return { operands: connections.flatMap(connected), given: connections[0]?.[3] }
  })
}

function callOfKeras3({ args, kwargs }: Fields): Call {
  return { operands: [...operandsIn(args), ...tensorsIn(kwargs)], given: args }
}

/** Reads `input_layers` or `output_layers`: one [name, call, output], or several in lists or by name. */
export function parseReferences(json: unknown): readonly Reference[] {
  if (isConnection(json)) return [toReference(json)]
  return (Array.isArray(json) ? json : Object.values(fieldsOf(json))).flatMap(parseReferences)
}

/** [name, call, output, …] */
type Connection = readonly [string, number, unknown, ...unknown[]]

function isConnection(value: unknown): value is Connection {
  const [name, call, output] = itemsOf(value)
  return typeof name === 'string' && Number.isInteger(call) && (typeof output === 'number' || name === constant)
}

const constant = '_CONSTANT_VALUE'

function connected(connection: Connection): readonly Operand[] {
  const [name, , value, given] = connection
  const { y, bias } = fieldsOf(given)
  const second = y ?? bias
  const others = isConnection(second) ? [toReference(second)] : operandsIn(second)
  return [...(name === constant ? operandsIn(value) : [toReference(connection)]), ...others]
}

function toReference([layer, call, output]: Connection): Reference {
  return { layer, call, output: Number(output) }
}

/** Tensors and constants of an argument of Keras 3; what else there is (masks, flags) plays no role. */
function operandsIn(value: unknown): readonly Operand[] {
  if (typeof value === 'number') return [value]
  if (Array.isArray(value)) return listOperands(value)
  const { class_name: className, config } = fieldsOf(value)
  const { keras_history: history, value: constants } = fieldsOf(config)
  if (isConnection(history)) return [toReference(history)]
  if (className === '__tensor__' || className === '__numpy__') return [numbersIn(constants)]
  return []
}

/** A list of numbers is one constant. */
function listOperands(items: readonly unknown[]): readonly Operand[] {
  const numbers = items.filter((item) => typeof item === 'number')
  return numbers.length > 0 && numbers.length === items.length ? [numbers] : items.flatMap(operandsIn)
}

function tensorsIn(kwargs: unknown): readonly Operand[] {
  return Object.values(fieldsOf(kwargs)).flatMap(operandsIn).filter(isReference)
}

function numbersIn(value: unknown): readonly number[] {
  return typeof value === 'number' ? [value] : itemsOf(value).flatMap(numbersIn)
}
