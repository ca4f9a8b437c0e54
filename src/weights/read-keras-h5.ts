import { type H5Group, withH5 } from './h5-file.js'
import { keras3Weights } from './keras3-layout.js'
import { readWeightFile, wrongFile } from './weight-file.js'
import type { KerasWeights, LayerWeights } from './weights.js'

const kind = 'a Keras .h5 file with weights'

/**
 * Reads the weights of a Keras .h5 file: saved by `model.save_weights` or `model.save`, in the legacy layout or that of Keras 3.
 *
 * Legacy: the file, or its group `model_weights`, names its layers in the attribute `layer_names`, each layer's group its weights in
 * `weight_names`, both in the model's order. Source: keras 3.15, src/legacy/saving/legacy_h5_format.py.
 *
 * @throws UserError when the file cannot be read, is truncated, is no HDF5 or holds no weights.
 */
export async function readKerasH5(path: string): Promise<KerasWeights> {
  return parseKerasH5(await readWeightFile(path, kind), path)
}

/** Parses the bytes of a Keras .h5 file; `path` is named in errors. */
export async function parseKerasH5(bytes: Uint8Array, path: string): Promise<KerasWeights> {
  try {
    const layers = await withH5(bytes, (root) => legacyWeights(root) ?? keras3Weights(root))
    if (layers.length === 0) throw new Error('no layer with weights in it')
    return layers
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}

/** The weights in the legacy layout; undefined where the file has no such layout. */
export function legacyWeights(root: H5Group): KerasWeights | undefined {
  const group = root.has('model_weights') ? root.group('model_weights') : root
  const layers = namesIn(group, 'layer_names')
  return layers?.map((layer) => layerWeights(group, layer)).filter(({ weights }) => weights.length > 0)
}

function layerWeights(group: H5Group, layer: string): LayerWeights {
  const own = group.group(layer)
  const names = namesIn(own, 'weight_names') ?? []
  return { layer, weights: names.map((name) => ({ name, ...own.numbers(name) })) }
}

/** A list of names; one too long for an attribute goes on in `NAME0`, `NAME1`, … */
function namesIn(group: H5Group, attribute: string): readonly string[] | undefined {
  const whole = group.strings(attribute)
  if (whole) return whole
  const parts: (readonly string[])[] = []
  for (let part = group.strings(`${attribute}0`); part; part = group.strings(`${attribute}${parts.length}`)) parts.push(part)
  return parts.length > 0 ? parts.flat() : undefined
}
