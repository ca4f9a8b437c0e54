import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { backbones } from '../backbones/index.js'
import { fieldsOf, parseJson } from '../base/json.js'

/** Where a run had its network from, so that it can be had again. */
export interface RunSource {
  /** A name, or the absolute path of a file. */
  readonly model: string
  /** Absolute path of the weight file that was named, or `random`. */
  readonly weights?: string
}

/** What is kept of a run's options: paths as they are understood from any folder. */
export function runSource(model: string, { weights }: { readonly weights?: string | undefined }): RunSource {
  const isFile = !backbones.has(model) && existsSync(model)
  const file = weights === undefined || weights === 'random' ? weights : resolve(weights)
  return { model: isFile ? resolve(model) : model, ...(file === undefined ? {} : { weights: file }) }
}

/** What a run's details say of it; earlier versions kept nothing but the model as it was given. */
export function readSource(model: string, details: string): RunSource {
  const source = fieldsOf(fieldsOf(parseJson(details)).source)
  const weights = typeof source.weights === 'string' ? { weights: source.weights } : {}
  return { model: typeof source.model === 'string' ? source.model : model, ...weights }
}
