import { UserError } from '../../base/errors.js'
import { itemsOf } from '../../base/json.js'
import type { KerasModel } from './topology.js'

/**
 * The side of the images that a model takes, in pixels; undefined where it takes any.
 *
 * @throws UserError when it does not take one batch of square images of 3 channels.
 */
export function imageInput(model: KerasModel, path: string): number | undefined {
  const inputs = model.inputs.map(({ layer }) => ({ name: layer, shape: shapeOf(model, layer) }))
  const [{ shape } = { shape: [] }] = inputs
  const [height, width, channels] = shape.slice(1)
  const fits = inputs.length === 1 && (shape.length === 0 || (shape.length === 4 && channels === 3))
  const found = inputs.map(({ name, shape }) => `"${name}" [${shape.map((side) => side ?? '?').join(', ')}]`).join(', ')
  if (!fits) throw new UserError(`Expected ${path} to take one batch of images of 3 channels, [n, h, w, 3]; found ${found}.`)
  const sides = [height, width].filter((side) => typeof side === 'number')
  if (new Set(sides).size > 1) throw new UserError(`Expected ${path} to take square images, found ${found}.`)
  return sides[0]
}

/** The batch first, null for any number; empty where the configuration does not say. */
function shapeOf({ layers }: KerasModel, input: string): readonly (number | null)[] {
  const { config = {} } = layers.find(({ name }) => name === input) ?? {}
  const shape = config.batch_shape ?? config.batch_input_shape
  return itemsOf(shape).map((side) => (typeof side === 'number' && side > 0 ? side : null))
}
