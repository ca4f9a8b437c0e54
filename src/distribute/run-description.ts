import { createHash } from 'node:crypto'
import { UserError } from '../base/errors.js'
import { fieldsOf, parseJson } from '../base/json.js'
import type { Dtype } from '../cache/dtype.js'
import type { CodeIdentity } from '../cache/fingerprint.js'
import type { InputSetup } from '../extract/messages.js'

/** To be raised when workers of before would misunderstand it. */
const version = 1

/** A kind of code of a run. */
export interface RunKind {
  /** Sha256 of the codes' identity. */
  readonly fingerprint: string
  readonly identity: CodeIdentity
  /** For people: `--model` as it was given, and the layer. */
  readonly model: string
  readonly layer: string
  /** Sha256 of the network's bytes, its name in the store. */
  readonly network: string
  /** Whether only a CPU with VNNI computes it exactly. */
  readonly needsVnni: boolean
  readonly input: InputSetup
}

/** All that a worker must know of a run. */
export interface RunDescription {
  readonly version: typeof version
  /** Data folder as the coordinator sees it, for people. */
  readonly data: string
  /** The shared location as the coordinator sees it. */
  readonly shared: string
  /** Who asks: machine and cache folder. Two of them never share a queue, each enters its own reports. */
  readonly coordinator: string
  /** A worker that gives no sign of life for so many seconds loses its leases. */
  readonly patience: number
  readonly dtype: Dtype
  /** Images to leave out, sha256 in hex. */
  readonly exclude: readonly string[]
  /** Some of the images' paths below the data folder: a worker whose root has none of them has another folder. */
  readonly samples: readonly string[]
  readonly kinds: readonly RunKind[]
}

export type NewRun = Omit<RunDescription, 'version'>

/** A run under the digest of its description: the same images and options from the same cache are the same run. */
export interface NamedRun {
  readonly id: string
  readonly text: string
  readonly description: RunDescription
}

export function nameRun(run: NewRun): NamedRun {
  const description = { version, ...run } as const
  const text = JSON.stringify(description)
  // The samples may change with every image that is added: the run stays the same one.
  const { samples: _, ...lasting } = description
  return { id: createHash('sha256').update(JSON.stringify(lasting)).digest('hex').slice(0, 16), text, description }
}

/** @throws UserError for the description of another version of the program. */
export function readRun(id: string, text: string): NamedRun {
  const found = fieldsOf(parseJson(text)).version
  if (found !== version) {
    throw new UserError(
      `Expected a run of version ${version} in the queue, found version ${String(found)} in run ${id}. Use the same version of cnn-codes on all machines.`,
    )
  }
  const description: RunDescription = JSON.parse(text)
  return { id, text, description }
}
