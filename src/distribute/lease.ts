import { createHash } from 'node:crypto'
import type { Dtype } from '../cache/dtype.js'
import type { EngineInfo } from '../engine/engine-info.js'

/** Images that one worker codes at a time. */
export interface Lease {
  /** Below the data folder, with / between the folders. */
  readonly files: readonly string[]
}

/** A file that gave no code: its position in the lease, and why. */
export interface RefusedFile {
  readonly at: number
  readonly cause: string
  readonly reason: string
}

/** A shard that a worker has put into the shared location. */
export interface ShardReport {
  readonly digest: string
  readonly dtype: Dtype
  readonly bytes: number
  readonly codesAt: number
  readonly shape: readonly number[]
  /** Position in the lease of each row's file. */
  readonly rows: readonly number[]
  /** [rows] CRC-32 of each code, little-endian, in base64. */
  readonly crcs: string
}

/** What became of one kind of code. */
export interface KindReport {
  readonly shards: readonly ShardReport[]
  readonly refused: readonly RefusedFile[]
  /** CPU seconds of the forward passes. */
  readonly forward: number
  readonly heldBatch: number | undefined
  readonly on: EngineInfo
}

/** What a worker says of a lease. */
export interface LeaseReport {
  /** [files, 32] sha256 of each file in base64; zeros where it was not read. */
  readonly images: string
  /** Of each file as the worker saw it; empty where it was not read. */
  readonly stamps: readonly string[]
  /** When the first of them was hashed, milliseconds since 1970. */
  readonly hashed: number
  /** Files that could not be read. */
  readonly unreadable: readonly RefusedFile[]
  /** In the order of the run's kinds. */
  readonly kinds: readonly KindReport[]
}

/** The same files make the same name: a lease that is given twice is there once. */
export function leaseName(files: readonly string[]): string {
  return `lease-${createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 32)}`
}
