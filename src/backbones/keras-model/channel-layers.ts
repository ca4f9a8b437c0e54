import { fieldsOf, itemsOf } from '../../base/json.js'
import { channelStep, reversedStep, stackStep } from '../../graph/builder-channels.js'
import { Unconvertible } from '../unconvertible.js'
import { type LayerRule, mapOf, tensorsOf } from './layer-call.js'
import { integer, setting } from './settings.js'
import { titleOf } from './topology.js'

/** x[..., ::-1] or x[..., i]: how Keras' own preprocessing puts blue first, in Keras 2 and in Keras 3. */
export const getItem: LayerRule = (call) => {
  const index = itemsOf(Array.isArray(call.given) ? call.given[1] : fieldsOf(call.given).slice_spec)
  const [first, at] = index
  const x = mapOf({ ...call, operands: tensorsOf(call) })
  const isChannel = index.length === 2 && fieldsOf(first).class_name === '__ellipsis__'
  const { start, stop, step } = { ...fieldsOf(at), ...fieldsOf(fieldsOf(at).config) }
  if (isChannel && start === null && stop === null && step === -1) return reversedStep(call.name, x)
  if (isChannel && typeof at === 'number' && at >= 0 && at < x.dims[0]) return channelStep(call.name, x, at)
  throw new Unconvertible(`${titleOf(call.layer)} that takes other than a channel`)
}

/** Maps of one channel behind each other. */
export const stack: LayerRule = (call) => {
  const tensors = tensorsOf(call)
  const axis = setting(call.layer, 'axis', { as: integer, fallback: 0 })
  const fits = (axis === -1 || axis === 3) && tensors.length > 0 && tensors.every(({ dims }) => dims.length === 2)
  if (fits) return stackStep(call.name, tensors)
  throw new Unconvertible(`${titleOf(call.layer)} of other than channels`)
}
