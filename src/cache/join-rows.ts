import { messageOf } from '../base/errors.js'
import type { CodeArray } from './dtype.js'
import type { CodeIdentity, Json } from './fingerprint.js'
import { readShard } from './read-shard.js'
import type { ShardContent, ShardView } from './shard-file.js'

/** Rows of a shard that are wanted. */
export interface WantedRows {
  readonly path: string
  /** Ascending. */
  readonly rows: readonly number[]
}

/** What came of joining. */
export interface JoinedRows<P extends WantedRows> {
  /** The content of the new shard; undefined where no part was whole. */
  readonly content: ShardContent | undefined
  /** The parts whose rows are in it, in their order. */
  readonly parts: readonly P[]
}

/**
 * Takes rows of shards of one fingerprint, dtype and origin together, each row with its bytes as they are. The shards are read and
 * checked one after the other: memory holds the result and one of them.
 *
 * @param onRefused told of parts that are not whole; they are left out.
 */
export function joinRows<P extends WantedRows>(wanted: readonly P[], onRefused: (part: P, reason: string) => void): JoinedRows<P> {
  const all = wanted.reduce((sum, { rows }) => sum + rows.length, 0)
  const parts: P[] = []
  let joined: Joined | undefined
  for (const part of wanted) {
    try {
      const { view } = readShard(part.path)
      joined ??= emptyShard(view, all)
      append(joined, view, part.rows)
      parts.push(part)
    } catch (error) {
      onRefused(part, messageOf(error))
    }
  }
  return { content: joined && contentOf(joined), parts }
}

/** A shard's content in the making; `used` of its rows are filled. */
interface Joined extends Pick<ShardView, 'metadata' | 'dtype' | 'length'> {
  readonly images: Uint8Array
  readonly views: Uint16Array
  readonly codes: CodeArray
  used: number
}

function emptyShard({ metadata, dtype, length }: ShardView, rows: number): Joined {
  const codes = dtype === 'float16' ? new Uint16Array(rows * length) : new Float32Array(rows * length)
  return { metadata, dtype, length, images: new Uint8Array(rows * 32), views: new Uint16Array(rows), codes, used: 0 }
}

function append(joined: Joined, view: ShardView, rows: readonly number[]): void {
  const { metadata, dtype, length } = joined
  if (view.metadata.fingerprint !== metadata.fingerprint || view.metadata.made !== metadata.made || view.dtype !== dtype) {
    throw new Error('its codes were made in another way than those that it was to be joined with')
  }
  for (const [at, row] of rows.entries()) {
    const to = joined.used + at
    joined.images.set(view.images.subarray(row * 32, row * 32 + 32), to * 32)
    joined.views[to] = view.views[row] ?? 0
    joined.codes.set(view.codes.subarray(row * length, (row + 1) * length), to * length)
  }
  joined.used += rows.length
}

function contentOf({ metadata, dtype, length, images, views, codes, used }: Joined): ShardContent {
  const identity: CodeIdentity = JSON.parse(metadata.fingerprint)
  const made: Json | undefined = metadata.made === undefined ? undefined : JSON.parse(metadata.made)
  return {
    identity,
    shape: metadata.shape,
    dtype,
    made,
    images: images.subarray(0, used * 32),
    views: views.subarray(0, used),
    codes: codes.subarray(0, used * length),
  }
}
