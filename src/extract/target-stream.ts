import type { Dtype } from '../cache/dtype.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { ShardWriter } from '../cache/shard-writer.js'
import type { KnownCodes } from './known-codes.js'
import type { LoadedFile } from './load-file.js'
import type { NetworkResult, Wanted } from './messages.js'

/** What takes the codes of a stream. */
export type CodeWriter = Pick<ShardWriter, 'add' | 'close' | 'seconds'>

/** What a stream does for one kind of code. */
export interface StreamTarget {
  readonly fingerprint: string
  readonly known: KnownCodes
  readonly writer: CodeWriter
  readonly dtype: Dtype
  /** Told of the images that give no code. */
  readonly onRefused: (images: readonly string[]) => void
}

/** What came of one kind of code. */
export interface TargetOutcome {
  readonly computed: number
  /** Why the image with this hash gave no code. */
  readonly refused: ReadonlyMap<string, Pick<QuarantineRecord, 'cause' | 'reason'>>
  /** float32 from the batch on where a value did not fit into float16. */
  readonly dtype: Dtype
  /** CPU seconds of the forward passes. */
  readonly forward: number
  /** Images in one run of the network, where memory did not hold a whole batch. */
  readonly heldBatch: number | undefined
}

/** The state of one kind of code while images stream by: what is claimed, computed and refused. */
export class TargetStream {
  readonly #target: StreamTarget
  readonly #claimed = new Set<string>()
  readonly #refused = new Map<string, Pick<QuarantineRecord, 'cause' | 'reason'>>()
  #dtype: Dtype
  #computed = 0
  #forward = 0
  #heldBatch: number | undefined

  constructor(target: StreamTarget) {
    this.#target = target
    this.#dtype = target.dtype
  }

  get outcome(): TargetOutcome {
    return { computed: this.#computed, refused: this.#refused, dtype: this.#dtype, forward: this.#forward, heldBatch: this.#heldBatch }
  }

  get fingerprint(): string {
    return this.#target.fingerprint
  }

  /** Whether an image has its code by now. */
  has(image: string): boolean {
    return this.#target.known.has(image)
  }

  /** Whether a file's image has no code yet and is not claimed. */
  isOpen(file: FileRecord, image: string): boolean {
    const { known } = this.#target
    return !this.#claimed.has(image) && !known.has(image) && known.standing(file) !== 'bad'
  }

  /** Claims an image whose code is missing; a second file with the same image finds it claimed. */
  claim(image: string): boolean {
    if (this.#claimed.has(image) || this.has(image)) return false
    this.#claimed.add(image)
    return true
  }

  /** Which images of a batch were claimed for this kind of code. */
  wanted(claims: readonly boolean[]): Wanted {
    return { images: claims.flatMap((claimed, at) => (claimed ? at : [])), dtype: this.#dtype }
  }

  /** Writes what a batch gave. */
  async take(images: readonly LoadedFile[], { images: positions }: Wanted, result: NetworkResult): Promise<void> {
    if (result.dtype === 'float32') this.#dtype = 'float32'
    this.#forward += result.forward
    for (const { at, cause, reason } of result.refused) this.#refused.set(images[at]?.image ?? '', { cause, reason })
    this.#target.onRefused(result.refused.flatMap(({ at }) => images[at]?.image ?? []))
    const bad = new Set(result.refused.map(({ at }) => at))
    const coded = positions.flatMap((at) => (bad.has(at) ? [] : (images[at]?.image ?? [])))
    if (coded.length > 0) await this.#target.writer.add({ images: coded, shape: result.shape, dtype: result.dtype, codes: result.codes })
    if (result.heldBatch !== undefined) this.#heldBatch = Math.min(result.heldBatch, this.#heldBatch ?? result.heldBatch)
    this.#computed += coded.length
  }
}
