import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError, usageError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { shortName } from '../base/short-name.js'
import { writeAtomic } from '../base/write-atomic.js'
import { writeRemedy } from '../base/write-remedy.js'
import type { Json } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import { encodeSafetensors, type Tensor } from './safetensors.js'

/** A layer of a trained head as it is kept. */
export interface SavedLayer {
  /** Such as dense: output = activation(input · kernel + bias), kernel [inputs, units], bias [units]. */
  readonly type: string
  readonly settings: { readonly [name: string]: Json }
  readonly tensors: { readonly [name: string]: Tensor }
}

/** A trained head as it is kept. */
export interface SavedHead {
  /** From the code to the probabilities. */
  readonly layers: readonly SavedLayer[]
  /** The classes in the order of the last layer's outputs. */
  readonly labels: readonly string[]
  /** How the codes are made and how the head was trained: kept as it is. */
  readonly description: { readonly [key: string]: Json }
  /** Further files, each named in head.json with its digest under the field's name. */
  readonly files?: { readonly [field: string]: { readonly name: string; readonly pieces: readonly Uint8Array[] } }
}

/** Throws unless a name is safe as the name of a folder. */
export function checkHeadName(name: string): void {
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(name)) {
    throw usageError('--name', 'letters, digits, ".", "_" and "-", not beginning with "." or "-"', name)
  }
}

/** A name made safe, and short: what does not belong into one becomes "-". */
export function toHeadName(text: string): string {
  return shortName(text.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'head')
}

/**
 * Keeps a head as a bundle, the folder cache/heads/NAME: head.json and weights-….safetensors, whose tensors are named by the layer's
 * place and their own name: `0.kernel`.
 *
 * The weights' name comes from their content and head.json is replaced last, so the folder holds a whole head at any time; head.json
 * tells by their digests whether the other files are this head's.
 *
 * @returns the folder.
 * @throws UserError when it cannot be written.
 */
export async function saveHead(cache: string, name: string, { layers, labels, description, files = {} }: SavedHead): Promise<string> {
  checkHeadName(name)
  const folder = join(cachePaths(cache).heads, name)
  const tensors = layers.flatMap(({ tensors }, at) =>
    Object.entries(tensors).map(([name, tensor]) => ({ ...tensor, name: `${at}.${name}` })),
  )
  const content = encodeSafetensors(tensors)
  const digest = digestOf(content)
  const weights = `weights-${digest.slice(0, 16)}.safetensors`
  const kept = layers.map(({ type, settings, tensors }, at) => ({
    type,
    ...settings,
    tensors: Object.keys(tensors).map((each) => `${at}.${each}`),
  }))
  const further = Object.entries(files).map(([field, { name, pieces }]) => [field, { file: name, sha256: digestOf(pieces) }] as const)
  const head = {
    format: 2,
    name,
    ...description,
    labels,
    layers: kept,
    weights: { file: weights, sha256: digest },
    ...Object.fromEntries(further),
  }
  try {
    makeFolder(folder)
    await writeAtomic(join(folder, weights), content)
    for (const { name: file, pieces } of Object.values(files)) await writeAtomic(join(folder, file), pieces)
    await writeAtomic(join(folder, 'head.json'), `${readableJson(head)}\n`)
  } catch (error) {
    throw new UserError(
      `Expected to save the head in ${folder}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again.`,
    )
  }
  for (const old of readdirSync(folder)) if (/^weights-.*\.safetensors$/.test(old) && old !== weights) rmSync(join(folder, old))
  return folder
}

const digestOf = (pieces: readonly Uint8Array[]) => pieces.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

/** JSON with a line for each field, lists of numbers in one line: strings hold no line feed. */
function readableJson(value: object): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /\[\n\s+([^"[\]{}]+)\n\s+\]/g,
    (_, numbers: string) => `[${numbers.replaceAll(/\s+/g, ' ')}]`,
  )
}
