import { itemsOf } from '../../base/json.js'
import type { StatedInput } from '../image-side.js'
import type { KerasModel } from './topology.js'

/** What a model takes. */
export function inputsOf({ inputs, layers }: KerasModel): readonly StatedInput[] {
  return inputs.map(({ layer }) => {
    const { config = {} } = layers.find(({ name }) => name === layer) ?? {}
    const shape = itemsOf(config.batch_shape ?? config.batch_input_shape)
    return { name: layer, shape: shape.map((side) => (typeof side === 'number' && side > 0 ? side : null)) }
  })
}
