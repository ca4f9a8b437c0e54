import type { Dtype } from './dtype.js'

/** Where a code lies. */
export interface CodePlace {
  /** sha256 of the image file, in hex. */
  readonly image: string
  readonly dtype: Dtype
  readonly shard: ShardPlace
  readonly row: number
  readonly crc: number
  /** Digest of its fingerprint, where that is another one than the reader's. */
  readonly fingerprint?: string | undefined
}

/** A shard as its codes are found in it. */
export interface ShardPlace {
  /** Ids ascend in the order in which shards were entered. */
  readonly id: number
  readonly digest: string
  readonly codesAt: number
}

/** A place as SQL gives it. */
export type PlaceRow = Omit<CodePlace, 'shard'> & ShardPlace

/** The columns of a PlaceRow, of `code` joined with `shard`. */
export const placeColumns = `lower(hex(code.image)) AS image, code.dtype AS dtype, shard.id AS id, shard.digest AS digest,
  shard.codes_at AS codesAt, code.row AS row, code.crc AS crc`

/** Makes places of rows, those of one shard sharing what is said of it: there may be millions. */
export function placer(): (row: PlaceRow) => CodePlace {
  const shards = new Map<number, ShardPlace>()
  return ({ image, dtype, row, crc, id, digest, codesAt }) => {
    const known = shards.get(id)
    const shard = known?.digest === digest ? known : { id, digest, codesAt }
    shards.set(id, shard)
    return { image, dtype, shard, row, crc }
  }
}
