import { createHash } from 'node:crypto'
import type { CodeIdentity } from '../../src/cache/fingerprint.js'

/** A CodeIdentity as the slow stage makes them. */
export const identity: CodeIdentity = {
  format: 1,
  backbone: { file: 'ab'.repeat(32) },
  layer: 'y',
  size: 8,
  preprocessing: { resize: 'squish', mean: [0, 0, 0] },
  precision: 'float32',
}

/** sha256 in hex of a text: stands for an image. */
export const hashOf = (text: string | number) => createHash('sha256').update(String(text)).digest('hex')
