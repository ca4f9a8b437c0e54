import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf, UserError, usageError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import type { BackboneOptions } from './backbone.js'
import type { BackboneFacts } from './backbone-facts.js'

/** A user's network under a name: `cache/models/added/NAME.json`. The file itself stays where it is. */
export interface AddedModel {
  readonly name: string
  /** Absolute path of the model file. */
  readonly path: string
  /** What `codes` is to use unless told otherwise. */
  readonly options: Pick<BackboneOptions, 'layer' | 'size' | 'mean' | 'scale'>
  /** What the file held when it was added. */
  readonly facts: Omit<BackboneFacts, 'layers' | 'name'>
}

const folderOf = (cache: string) => join(cache, 'models', 'added')
const fileOf = (name: string, cache: string) => join(folderOf(cache), `${name}.json`)
const isFileName = (name: string) => /\.(onnx|h5|hdf5|keras|json)$/i.test(name)
const isName = (name: string) => /^[A-Za-z0-9_][\w.-]*$/.test(name)

/**
 * Keeps a network under a name.
 *
 * @param taken names that mean something already.
 * @throws UserError when the name is none or taken.
 */
export async function keepAdded(model: AddedModel, cache: string, taken: readonly string[]): Promise<void> {
  const { name } = model
  if (!isName(name) || isFileName(name)) {
    throw usageError('NAME', 'of letters, digits, dots, dashes and underscores, and no file name', name)
  }
  if (taken.includes(name) || (await findAdded(name, cache))) {
    throw usageError('NAME', 'a new one', name, 'Choose another name, or remove the model that you added under it: models remove.')
  }
  makeFolder(folderOf(cache))
  await writeAtomic(fileOf(name, cache), `${JSON.stringify(model, null, 2)}\n`)
}

/** @throws UserError when there is none of this name. */
export async function removeAdded(name: string, cache: string): Promise<AddedModel> {
  const model = await findAdded(name, cache)
  if (!model) {
    const names = (await addedModels(cache)).models.map((added) => added.name).join(', ')
    throw usageError('NAME', names === '' ? 'a model that you added (there is none)' : `a model that you added: ${names}`, name)
  }
  await rm(fileOf(name, cache))
  return model
}

export interface AddedModels {
  /** By name. */
  readonly models: readonly AddedModel[]
  /** What is wrong with those whose record cannot be read, a sentence each. */
  readonly damaged: readonly string[]
}

/** All networks that were added. */
export async function addedModels(cache: string): Promise<AddedModels> {
  const files = (await readdir(folderOf(cache)).catch((): string[] => [])).filter((file) => file.endsWith('.json')).sort()
  const found = await Promise.all(files.map((file) => findAdded(file.slice(0, -'.json'.length), cache).catch(messageOf)))
  return {
    models: found.flatMap((one) => (typeof one === 'string' ? [] : (one ?? []))),
    damaged: found.filter((one) => typeof one === 'string'),
  }
}

/**
 * The network of this name, undefined where there is none.
 *
 * @throws UserError when its record is damaged.
 */
export async function findAdded(name: string, cache: string): Promise<AddedModel | undefined> {
  if (!isName(name)) return undefined
  const file = fileOf(name, cache)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    const model: AddedModel = JSON.parse(text)
    if (model.name === name && typeof model.path === 'string' && model.options && model.facts) return model
  } catch {
    // said below
  }
  throw new UserError(`Expected ${file} to describe the model ${name}, found that it is damaged. Delete it and add the model again.`)
}
