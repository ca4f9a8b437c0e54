import { fieldsOf, isObject, itemsOf } from '../base/json.js'
import { sizeOf } from './weight-file.js'

/** Weights that lie one behind the other in a group of files. */
export interface TfjsGroup {
  readonly paths: readonly string[]
  readonly weights: readonly TfjsWeight[]
}

export interface TfjsWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly size: number
  readonly storage: TfjsStorage
}

/** How values are stored; quantized ones are stored · scale + min. */
export type TfjsStorage =
  | { readonly type: 'float32' | 'float16' | 'int32' | 'bool' }
  | { readonly type: 'uint8' | 'uint16'; readonly scale: number; readonly min: number; readonly isWhole: boolean }

/**
 * Checks the `weightsManifest` of a model.json.
 *
 * @throws Error that says what is wrong in it.
 */
export function parseManifest(json: unknown): readonly TfjsGroup[] {
  if (!Array.isArray(json)) throw new Error('no weightsManifest')
  return json.map((group) => {
    const { paths, weights } = fieldsOf(group)
    const names = itemsOf(paths)
      .filter((path) => typeof path === 'string' && path !== '')
      .map(String)
    if (names.length === 0 || names.length < itemsOf(paths).length)
      throw new Error(`the paths ${JSON.stringify(paths)} in its weightsManifest`)
    return { paths: names, weights: itemsOf(weights).map(parseWeight) }
  })
}

function parseWeight(json: unknown): TfjsWeight {
  const { name, shape, dtype, quantization } = fieldsOf(json)
  const dims = itemsOf(shape).map(Number)
  const size = Array.isArray(shape) ? sizeOf(dims) : undefined
  if (typeof name !== 'string' || size === undefined) throw new Error(`weight ${JSON.stringify(name)} of shape ${JSON.stringify(shape)}`)
  const storage = isObject(quantization) ? quantized(dtype, quantization) : plain(dtype)
  if (storage) return { name, shape: dims, size, storage }
  throw new Error(`weight "${name}" of type ${JSON.stringify(dtype)}${quantization ? ` with ${JSON.stringify(quantization)}` : ''}`)
}

function plain(dtype: unknown): TfjsStorage | undefined {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool' ? { type: dtype } : undefined
}

function quantized(of: unknown, quantization: object): TfjsStorage | undefined {
  const { dtype: type, scale, min } = fieldsOf(quantization)
  if (of !== 'float32' && of !== 'int32') return undefined
  if (type === 'float16' && of === 'float32') return { type }
  if ((type !== 'uint8' && type !== 'uint16') || typeof scale !== 'number' || typeof min !== 'number') return undefined
  return { type, scale, min, isWhole: of === 'int32' }
}
