import { fieldsOf, itemsOf } from '../base/json.js'
import type { LeaseReport } from './lease.js'

const sha256 = /^[0-9a-f]{64}$/

/**
 * Whether a value that came out of the queue is the report of a lease of so many files. What becomes a path, a row or a number of the
 * catalog is checked.
 */
export function isReport(value: unknown, { files, kinds }: { readonly files: number; readonly kinds: number }): value is LeaseReport {
  const { images, stamps, hashed, unreadable, kinds: told } = fieldsOf(value)
  return (
    typeof images === 'string' &&
    Buffer.from(images, 'base64').length === 32 * files &&
    itemsOf(stamps).length === files &&
    itemsOf(stamps).every((stamp) => typeof stamp === 'string') &&
    typeof hashed === 'number' &&
    areRefused(unreadable, files) &&
    itemsOf(told).length === kinds &&
    itemsOf(told).every((kind) => isKind(kind, files))
  )
}

function isKind(value: unknown, files: number): boolean {
  const { shards, refused, forward, on } = fieldsOf(value)
  return (
    areRefused(refused, files) && typeof forward === 'number' && on !== undefined && itemsOf(shards).every((one) => isShard(one, files))
  )
}

function isShard(value: unknown, files: number): boolean {
  const { digest, dtype, bytes, codesAt, shape, rows, crcs } = fieldsOf(value)
  return (
    typeof digest === 'string' &&
    sha256.test(digest) &&
    (dtype === 'float16' || dtype === 'float32') &&
    isCount(bytes) &&
    isCount(codesAt) &&
    itemsOf(shape).length > 0 &&
    itemsOf(shape).every(isCount) &&
    itemsOf(rows).length > 0 &&
    itemsOf(rows).every((at) => isPosition(at, files)) &&
    typeof crcs === 'string' &&
    Buffer.from(crcs, 'base64').length === 4 * itemsOf(rows).length
  )
}

function areRefused(value: unknown, files: number): boolean {
  return itemsOf(value).every((one) => {
    const { at, cause, reason } = fieldsOf(one)
    return isPosition(at, files) && typeof cause === 'string' && typeof reason === 'string'
  })
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const isPosition = (value: unknown, files: number) => isCount(value) && Number(value) < files
