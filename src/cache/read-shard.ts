import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { errorCode, messageOf } from '../base/errors.js'
import { checksums, decodeShard, type ShardView } from './shard-file.js'
import type { ShardRecord } from './shard-record.js'

/** A shard that was read whole: its content, and what the catalog keeps of it. */
export interface WholeShard {
  /** The file as it was read. */
  readonly bytes: Uint8Array
  readonly view: ShardView
  readonly record: ShardRecord
}

/**
 * Reads a shard and checks everything that it says of itself: the digest that is its name, the fingerprint that its folder is
 * named by, each row's checksum. Nothing is decoded before the digest is found right, so that no damage can mislead.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function readShard(path: string): WholeShard {
  const bytes = read(path)
  const digest = createHash('sha256').update(bytes).digest('hex')
  if (digest !== basename(path, '.arrow')) throw new Error('its content is not what its name says')
  const view = decode(bytes)
  const fingerprint = createHash('sha256').update(view.metadata.fingerprint).digest('hex')
  if (fingerprint !== basename(dirname(path))) throw new Error('its codes were made in another way than its folder says')
  const bad = checksums(view.codes, view.rows).findIndex((crc, row) => crc !== view.crcs[row])
  if (bad >= 0) throw new Error(`the checksum of row ${bad} does not match`)
  const created = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return { bytes, view, record: { ...shardRecord(view, { digest, bytes: bytes.length }), created: created && Math.round(created) } }
}

/** Reads a shard as `readShard` does; undefined where it is not whole, and `onRefused` is told why. */
export function tryReadShard(path: string, onRefused: (reason: string) => void): WholeShard | undefined {
  try {
    return readShard(path)
  } catch (error) {
    onRefused(messageOf(error))
    return undefined
  }
}

/** What the catalog keeps of a shard. */
export function shardRecord(
  { dtype, codesAt, views, images, crcs }: Pick<ShardView, 'dtype' | 'codesAt' | 'views' | 'images' | 'crcs'>,
  file: Pick<ShardRecord, 'digest' | 'bytes'>,
): ShardRecord {
  const rows = Array.from(views, (view, row) => ({ image: images.subarray(row * 32, row * 32 + 32), view, crc: crcs[row] ?? 0 }))
  return { ...file, dtype, codesAt, rows }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Error(errorCode(error) === 'ENOENT' ? 'it is gone' : `it cannot be read: ${messageOf(error)}`)
  }
}

function decode(bytes: Uint8Array): ShardView {
  try {
    return decodeShard(bytes)
  } catch (error) {
    throw new Error(`it is no shard: ${messageOf(error)}`)
  }
}
