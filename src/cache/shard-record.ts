import type { Dtype } from './dtype.js'

/** A shard as the catalog knows it. */
export interface ShardRecord {
  /** sha256 of the file, in hex: its name. */
  readonly digest: string
  readonly dtype: Dtype
  readonly bytes: number
  /** Bytes of the file before its first code. */
  readonly codesAt: number
  readonly rows: readonly ShardRow[]
  /** When its codes first entered a catalog, milliseconds since 1970; default now. */
  readonly created?: number | undefined
}

/** A row of a shard. */
export interface ShardRow {
  /** sha256 of the image file, 32 bytes. */
  readonly image: Uint8Array
  readonly view: number
  /** CRC-32 of the code's bytes. */
  readonly crc: number
}
