import type { H5Group } from './h5-file.js'
import type { KerasWeights, LayerWeights } from './weights.js'

/** Random state of dropout layers: no weights. */
const skipped = new Set(['seed_generator'])
/** What a file of a whole model holds beside its layers. */
const notLayers = new Set(['optimizer', 'loss', 'metrics'])
const deepest = 32

/**
 * The weights in the layout of Keras 3: `layers/NAME/vars/0`, `…/1`, … Layers inside layers give paths such as `functional/layers/conv2d`.
 *
 * NAME is the layer's class in snake_case with `_1`, `_2`, … in the model's order within the class. The file does not keep the order
 * between classes: layers come by name, numbers in it by their value.
 *
 * Source: keras 3.15, src/saving/saving_lib.py (`_save_state`, `_save_container_state`, `H5IOStore`).
 */
export function keras3Weights(root: H5Group): KerasWeights {
  const holder = ['layers', '_layer_checkpoint_dependencies'].find((name) => root.has(name))
  return holder ? walk(root.group(holder), []) : walk(root, [], notLayers)
}

function walk(group: H5Group, path: readonly string[], without: ReadonlySet<string> = skipped): LayerWeights[] {
  if (path.length > deepest) throw new Error(`groups inside each other more than ${deepest} deep`)
  return [...group.keys()].sort(byNumber).flatMap((key) => {
    if (skipped.has(key) || without.has(key) || group.isNumbers(key)) return []
    const inner = group.group(key)
    return key === 'vars' ? variables(inner, path.join('/')) : walk(inner, [...path, key])
  })
}

function variables(vars: H5Group, layer: string): LayerWeights[] {
  const names = [...vars.keys()].sort(byNumber)
  return names.length > 0 ? [{ layer, weights: names.map((name) => ({ name, ...vars.numbers(name) })) }] : []
}

const { compare: byNumber } = new Intl.Collator('en', { numeric: true })
