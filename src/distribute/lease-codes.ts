import type { CodeArray, Dtype } from '../cache/dtype.js'
import type { CodeIdentity, Json } from '../cache/fingerprint.js'
import type { CodeBatch } from '../cache/open-shard.js'
import { encodeShard } from '../cache/shard-file.js'
import { codesFolder } from '../cache/store/attach-store.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import type { CodeWriter } from '../extract/target-stream.js'
import type { ShardReport } from './lease.js'

/** Folder of a kind's shards in a store, laid out as a cache folder is. */
export const shardsFolder = (fingerprint: string) => `${codesFolder}/${fingerprint}`

/** Codes of one dtype, each in the row of its image. */
interface Rows {
  readonly shape: readonly number[]
  readonly length: number
  /** [positions, length] */
  readonly codes: CodeArray
  readonly filled: Set<number>
}

/**
 * The codes of a lease, of one kind. However its batches come, its shard has its rows in the order of the lease: a lease that is coded
 * twice on the same kind of machine makes the same file.
 */
export class LeaseCodes implements CodeWriter {
  /** Positions in the lease, by sha256 in hex. */
  readonly #positions: ReadonlyMap<string, number>
  readonly #all: number
  readonly #rows = new Map<Dtype, Rows>()
  #seconds = 0

  /** @param images sha256 in hex of the lease's files in order, as far as they are known; they may come to be known later. */
  constructor(images: ReadonlyMap<string, number>, all: number) {
    this.#positions = images
    this.#all = all
  }

  get seconds(): number {
    return this.#seconds
  }

  async add({ images, shape, dtype, codes }: CodeBatch): Promise<void> {
    const started = performance.now()
    const length = codes.length / images.length
    const rows = this.#rows.get(dtype) ?? { shape, length, codes: memory(dtype, this.#all * length), filled: new Set<number>() }
    this.#rows.set(dtype, rows)
    for (const [row, image] of images.entries()) {
      const at = this.#positions.get(image)
      if (at === undefined) throw new Error(`Expected a position of image ${image}`)
      rows.codes.set(codes.subarray(row * length, (row + 1) * length), at * length)
      rows.filled.add(at)
    }
    this.#seconds += (performance.now() - started) / 1000
  }

  /** Nothing is written before all of the lease is coded. */
  async close(): Promise<void> {}

  /** Puts the codes into the store, a shard for each dtype. */
  async publish(store: SharedStore, { fingerprint, identity, made }: ShardKind): Promise<ShardReport[]> {
    const order = [...this.#positions]
    const reports: ShardReport[] = []
    for (const [dtype, { shape, length, codes, filled }] of this.#rows) {
      const kept = order.filter(([, at]) => filled.has(at)).sort(([, a], [, b]) => a - b)
      kept.forEach(([, at], row) => {
        if (row < at) codes.copyWithin(row * length, at * length, (at + 1) * length)
      })
      const images = Buffer.from(kept.map(([image]) => image).join(''), 'hex')
      const own = codes.subarray(0, kept.length * length)
      const content = { identity, made, shape, dtype, images, views: new Uint16Array(kept.length), codes: own }
      const { pieces, crcs, codesAt } = await encodeShard(content)
      const { digest, bytes } = await store.publish(shardsFolder(fingerprint), pieces, '.arrow')
      const checks = Buffer.from(crcs.buffer, crcs.byteOffset, crcs.byteLength).toString('base64')
      reports.push({ digest, dtype, bytes, codesAt, shape, rows: kept.map(([, at]) => at), crcs: checks })
    }
    return reports
  }
}

/** What a shard says of its codes. */
export interface ShardKind {
  readonly fingerprint: string
  readonly identity: CodeIdentity
  readonly made: Json
}

function memory(dtype: Dtype, length: number): CodeArray {
  return dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
}
