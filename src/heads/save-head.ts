import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError, usageError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { writeRemedy } from '../base/write-remedy.js'
import type { Json } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import type { Matrix } from '../engine/gemm.js'
import { encodeSafetensors } from './safetensors.js'

/** A trained softmax head as it is kept: logits = code · kernel + bias. */
export interface SavedHead {
  /** W [D, C] */
  readonly kernel: Matrix
  /** b [C] */
  readonly bias: Float64Array
  /** The classes in the order of the logits. */
  readonly labels: readonly string[]
  /** How the codes are made and how the head was trained: kept as it is. */
  readonly description: { readonly [key: string]: Json }
}

/** Throws unless a name is safe as the name of a folder. */
export function checkHeadName(name: string): void {
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(name)) {
    throw usageError('--name', 'letters, digits, ".", "_" and "-", not beginning with "." or "-"', name)
  }
}

/** A name made safe: what does not belong into one becomes "-". */
export function toHeadName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'head'
}

/**
 * Keeps a head as a bundle, the folder cache/heads/NAME: head.json and weights-….safetensors (`kernel` [D, C], `bias` [C]).
 *
 * The weights' name comes from their content and head.json is replaced last, so the folder holds a whole head at any time.
 *
 * @returns the folder.
 * @throws UserError when it cannot be written.
 */
export async function saveHead(cache: string, name: string, { kernel, bias, labels, description }: SavedHead): Promise<string> {
  checkHeadName(name)
  const folder = join(cachePaths(cache).heads, name)
  const content = encodeSafetensors([
    { name: 'kernel', shape: [kernel.rows, kernel.columns], data: kernel.data },
    { name: 'bias', shape: [bias.length], data: Float32Array.from(bias) },
  ])
  const digest = content.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
  const weights = `weights-${digest.slice(0, 16)}.safetensors`
  const head = { format: 1, name, ...description, labels, weights: { file: weights, sha256: digest } }
  try {
    makeFolder(folder)
    await writeAtomic(join(folder, weights), content)
    await writeAtomic(join(folder, 'head.json'), `${JSON.stringify(head, null, 2)}\n`)
  } catch (error) {
    throw new UserError(
      `Expected to save the head in ${folder}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again.`,
    )
  }
  for (const old of readdirSync(folder)) if (/^weights-.*\.safetensors$/.test(old) && old !== weights) rmSync(join(folder, old))
  return folder
}
