import { decodeThreads } from './decode-threads.js'
import type {
  BatchRequest,
  BatchResult,
  DecodedBatch,
  DecodedRequest,
  DecoderSetup,
  InputSetup,
  StageSeconds,
  Wanted,
  WorkerSetup,
} from './messages.js'
import type { StageThreads } from './options.js'
import { PoolMember } from './pool-member.js'

/** How many threads there may be. */
export interface PoolSize {
  /** Threads that compute, and decode for themselves as long as nobody else does. */
  readonly coders: number
  /** Most threads that only decode; how many they are the first batches tell. Default 0. */
  readonly decoders?: number
}

/** Of the first batches, the one by whose times decode threads start: those before warm up. */
const probed = 2

/** What turns image bytes into codes, as a stream asks it to. */
export type CodePool = Pick<WorkerPool, 'code' | 'recycle' | 'size' | 'threads'>

/** Threads that turn image bytes into codes. */
export class WorkerPool {
  readonly #inputs: readonly InputSetup[]
  readonly #mostDecoders: number
  readonly #coders: PoolMember[] = []
  readonly #decoders: PoolMember[] = []
  /** Memory that went out with results, and that came back from inputs. */
  readonly #spareCodes: ArrayBuffer[] = []
  readonly #spareInputs: ArrayBuffer[] = []
  readonly #underWay = new Set<Promise<BatchResult>>()
  #nextId = 0
  /** Batches that were computed while decode threads are to come, and the last of them. */
  #tried = 0
  #trying: Promise<unknown> = Promise.resolve()

  private constructor(networks: readonly InputSetup[], mostDecoders: number) {
    this.#inputs = networks.map(withoutModel)
    this.#mostDecoders = mostDecoders
  }

  /** Starts the threads and waits until each has loaded the networks. */
  static async start(setup: WorkerSetup, { coders, decoders = 0 }: PoolSize): Promise<WorkerPool> {
    const pool = new WorkerPool(setup.networks, decoders)
    try {
      await pool.#add(pool.#coders, coders, setup)
    } catch (error) {
      await pool.close()
      throw error
    }
    return pool
  }

  /** Threads of each stage; those that compute decode too while there are no others. */
  get threads(): StageThreads {
    return { decode: this.#decoders.length || this.#coders.length, forward: this.#coders.length }
  }

  /** Number of threads. */
  get size(): number {
    return this.#coders.length + this.#decoders.length
  }

  /** Decodes and codes a batch on the threads with the least to do; rejects when one of the threads has ended. */
  async code(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    const failed = [...this.#coders, ...this.#decoders].find(({ failure }) => failure)
    if (failed?.failure) throw failed.failure
    const coded = this.#code(images, wanted)
    this.#underWay.add(coded)
    return coded.finally(() => this.#underWay.delete(coded))
  }

  /** Takes the memory of a result's codes back, which nobody uses any more. */
  recycle({ results }: BatchResult): void {
    this.#spareCodes.push(...results.flatMap(({ codes }) => (codes.length === 0 ? [] : codes.buffer)))
  }

  /** Ends the threads when all that was begun is done. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    await Promise.all([...this.#coders, ...this.#decoders].map((member) => member.end()))
  }

  #code(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    if (this.#decoders.length > 0) return this.#inStages(images, wanted)
    if (this.#mostDecoders === 0) return this.#atOnce(images, wanted)
    // One after the other, so that a batch's times are its own.
    const coded = this.#trying.then(() => (this.#decoders.length > 0 ? this.#inStages(images, wanted) : this.#try(images, wanted)))
    this.#trying = coded.catch(() => undefined)
    return coded
  }

  /** Codes one of the first batches, by which the number of decode threads is found. */
  async #try(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    const result = await this.#atOnce(images, wanted)
    if (++this.#tried === probed) await this.#grow(result.seconds)
    return result
  }

  async #atOnce(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    return asResult(await this.#send(this.#coders, { images, wanted, spare: this.#spareCodes.splice(0) }))
  }

  async #inStages(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    const decoded = await this.#send(this.#decoders, { images, wanted, spare: this.#spareInputs.splice(0) })
    if (!('inputs' in decoded)) throw new Error('Expected decoded images')
    const { inputs } = decoded
    const request: DecodedRequest = { id: this.#nextId++, inputs, wanted, spare: this.#spareCodes.splice(0) }
    const result = asResult(
      await leastBusy(this.#coders).ask(
        request,
        inputs.map(({ input }) => input.buffer),
      ),
    )
    this.#spareInputs.push(...result.freed)
    return result
  }

  #send(members: readonly PoolMember[], { images, wanted, spare }: Omit<BatchRequest, 'id'>): Promise<BatchResult | DecodedBatch> {
    // Copies: what is handed over is lost here, and the caller may want its images again.
    const copies = images.map((image) => Uint8Array.from(image))
    return leastBusy(members).ask(
      { id: this.#nextId++, images: copies, wanted, spare },
      copies.map(({ buffer }) => buffer),
    )
  }

  /** Starts as many decode threads as keep up with those that compute, by the seconds of one batch. */
  #grow(seconds: StageSeconds): Promise<void> {
    return this.#add(this.#decoders, decodeThreads(seconds, this.#mostDecoders), { inputs: this.#inputs })
  }

  async #add(members: PoolMember[], count: number, setup: WorkerSetup | DecoderSetup): Promise<void> {
    const started = Array.from({ length: count }, () => new PoolMember(setup))
    members.push(...started)
    await Promise.all(started.map(({ ready }) => ready))
  }
}

/** What is needed to decode for a network. */
function withoutModel({ size, layout, fixedBatch, preprocessing, pixelLimit, augmented }: InputSetup): InputSetup {
  return { size, layout, fixedBatch, preprocessing, pixelLimit, augmented }
}

function leastBusy(members: readonly PoolMember[]): PoolMember {
  const [first, ...others] = members
  if (!first) throw new Error('Expected at least one thread')
  return others.reduce((least, other) => (other.load < least.load ? other : least), first)
}

function asResult(reply: BatchResult | DecodedBatch): BatchResult {
  if ('results' in reply) return reply
  throw new Error('Expected codes')
}
