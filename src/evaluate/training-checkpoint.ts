import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { clauseOf, messageOf, UserError } from '../base/errors.js'
import { fieldsOf, parseJson } from '../base/json.js'
import { makeFolder } from '../base/make-folder.js'
import { writeAtomic } from '../base/write-atomic.js'
import { cachePaths } from '../cache/paths.js'
import type { EpochEntry, TrainingState } from '../heads/network/train-network.js'
import { encodeSafetensors } from '../heads/safetensors.js'
import { parseSafetensors, safetensorsMetadata } from '../weights/read-safetensors.js'
import { megabytes } from './megabytes.js'

export interface CheckpointOptions {
  readonly cache: string
  /** All that determines the training: another key, another file. */
  readonly key: string
  /** Bytes of the largest state that is kept; default what Node reads in one piece. */
  readonly most?: number | undefined
  /** Seconds between two writes, default 10. */
  readonly every?: number | undefined
  /** Told in a sentence what went wrong without stopping the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** What a training under way keeps on disk, so that it goes on after an interruption: cache/heads/.training/DIGEST.safetensors. */
export class TrainingCheckpoint {
  readonly path: string
  readonly #onNote: CheckpointOptions['onNote']
  readonly #interval: number
  readonly #most: number
  #written = performance.now()
  #isWritable = true
  /** Epochs that are on disk. */
  epochs = 0

  constructor({ cache, key, every = 10, most = 2 ** 31 - 1, onNote }: CheckpointOptions) {
    const digest = createHash('sha256').update(key).digest('hex')
    this.path = join(cachePaths(cache).heads, '.training', `${digest}.safetensors`)
    this.#onNote = onNote
    this.#interval = 1000 * every
    this.#most = most
  }

  /** What an earlier run of the same training left; undefined where it left nothing, or something damaged, which is removed. */
  read(): TrainingState | undefined {
    if (!existsSync(this.path)) return undefined
    try {
      const state = decode(readFileSync(this.path), this.path)
      this.epochs = state.history.length
      return state
    } catch (error) {
      this.#onNote?.(`An interrupted training cannot be resumed, since ${this.path} is damaged: ${clauseOf(error)}. It begins anew.`)
      this.remove()
      return undefined
    }
  }

  /** Writes the state where the last one is old enough. A disk that takes none is told of once, and training goes on. */
  async keep(state: () => Promise<TrainingState>): Promise<void> {
    if (!this.#isWritable || performance.now() - this.#written < this.#interval) return
    try {
      makeFolder(dirname(this.path))
      const kept = await state()
      this.#checkReadable(kept)
      await writeAtomic(this.path, encode(kept))
      this.epochs = kept.history.length
    } catch (error) {
      this.#isWritable = false
      this.#onNote?.(
        `The training cannot be kept while it runs: ${messageOf(error)}. It goes on, but would begin anew after an interruption.`,
      )
    }
    this.#written = performance.now()
  }

  #checkReadable({ network, best }: TrainingState): void {
    const arrays = [...network.values(), ...(best?.weights.values() ?? [])]
    const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (bytes > this.#most - 2 ** 20) throw new Error(`its ${megabytes(bytes)} are more than could be read again in one piece`)
  }

  remove(): void {
    try {
      rmSync(this.path, { force: true })
    } catch (error) {
      this.#onNote?.(`What is left of the training cannot be removed: ${messageOf(error)}.`)
    }
  }
}

function encode({ history, steps, network, best }: TrainingState): Uint8Array[] {
  const tensors = [...prefixed('network', network), ...prefixed('best', best?.weights ?? new Map())]
  const state = JSON.stringify({ history, steps, best: best?.epoch ?? null, sha256: digestOf(tensors) })
  return encodeSafetensors(
    tensors.map(([name, data]) => ({ name, shape: [data.length], data })),
    { state },
  )
}

function decode(bytes: Uint8Array, path: string): TrainingState {
  const tensors = [...parseSafetensors(bytes, path).values()].map(({ name, data }) => [name, data] as const)
  const { history, steps, best, sha256 } = fieldsOf(parseJson(Buffer.from(safetensorsMetadata(bytes).get('state') ?? 'null')))
  if (sha256 !== digestOf(tensors) || typeof steps !== 'number' || !isHistory(history))
    throw new UserError('its content is not what was written')
  const part = (prefix: string) =>
    new Map(tensors.flatMap(([name, data]) => (name.startsWith(`${prefix}:`) ? [[name.slice(prefix.length + 1), data] as const] : [])))
  return { history, steps, network: part('network'), best: typeof best === 'number' ? { epoch: best, weights: part('best') } : undefined }
}

const prefixed = (prefix: string, state: ReadonlyMap<string, Float32Array>) =>
  [...state].map(([name, data]) => [`${prefix}:${name}`, data] as const)

function digestOf(tensors: readonly (readonly [string, Float32Array])[]): string {
  const hash = createHash('sha256')
  for (const [name, { buffer, byteOffset, byteLength }] of tensors) hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex')
}

const isHistory = (value: unknown): value is readonly EpochEntry[] =>
  Array.isArray(value) && value.every((entry) => typeof fieldsOf(entry).epoch === 'number')
