import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../base/write-atomic.js'
import { cachePaths } from '../cache/paths.js'

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The name says whose graph it is and what it holds: FINGERPRINT.int8.SHA256.onnx. */
const prefixOf = (fingerprint: string) => `${fingerprint}.int8.`

/**
 * The bytes of the calibrated graph of a float32 fingerprint, undefined where there is none. A file whose content does not
 * match its name counts as none.
 */
export async function findCalibrated(cache: string, fingerprint: string): Promise<Buffer | undefined> {
  const { models } = cachePaths(cache)
  for (const name of namesOf(models, fingerprint)) {
    const bytes = await readFile(join(models, name))
    if (name === `${prefixOf(fingerprint)}${digestOf(bytes)}.onnx`) return bytes
  }
  return undefined
}

/** Keeps a calibrated graph in the place of earlier ones. */
export async function keepCalibrated(cache: string, fingerprint: string, bytes: Uint8Array): Promise<void> {
  const { models } = cachePaths(cache)
  mkdirSync(models, { recursive: true })
  const earlier = namesOf(models, fingerprint)
  const name = `${prefixOf(fingerprint)}${digestOf(bytes)}.onnx`
  await writeAtomic(join(models, name), bytes)
  for (const old of earlier) if (old !== name) rmSync(join(models, old), { force: true })
}

function namesOf(folder: string, fingerprint: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter((name) => name.startsWith(prefixOf(fingerprint)) && name.endsWith('.onnx')).sort()
}
