import type { KerasWeights } from '../../../src/weights/weights.js'
import { legacyKerasBytes } from '../../weights/write-keras-h5.js'
import { fileOf } from './keras-fixture.js'

/** A layer of a configuration. */
export const layer = (className: string, name: string, config: object = {}) => ({ class_name: className, config: { name, ...config } })

export const inputLayer = (shape: readonly (number | null)[] = [null, 8, 8, 3], name = 'image') =>
  layer('InputLayer', name, { batch_input_shape: shape })

/** A configuration of a Sequential model. */
export const sequential = (...layers: readonly object[]) => ({ class_name: 'Sequential', config: { name: 'sequential', layers } })

/** A layer with the layers it is called on: a list for each call. */
export function called(of: ReturnType<typeof layer>, ...calls: readonly (readonly unknown[])[]) {
  return { ...of, name: of.config.name, inbound_nodes: calls }
}

/** A configuration of a Functional model, as Keras 2 writes it. */
export function functional(layers: readonly object[], ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }) {
  const ends0 = (names: readonly string[]) => names.map((name) => [name, 0, 0])
  return {
    class_name: 'Functional',
    config: { name: 'model', layers, input_layers: ends0(ends.inputs), output_layers: ends0(ends.outputs) },
  }
}

/** An .h5 file of a whole model; weights that are all `value`. */
export async function kerasFile(
  model: object,
  shapes: Readonly<Record<string, readonly (readonly number[])[]>> = {},
  version = '2.15.0',
): Promise<string> {
  const layers: KerasWeights = Object.entries(shapes).map(([name, list]) => ({
    layer: name,
    weights: list.map((shape, at) => {
      const length = shape.reduce((all, side) => all * side, 1)
      return { name: `${name}/${at}`, shape, data: new Float32Array(length).fill(0.5) }
    }),
  }))
  const attributes = { model_config: JSON.stringify(model), keras_version: version }
  return fileOf(await legacyKerasBytes(layers, { inside: 'model_weights', attributes }), 'model.h5')
}
