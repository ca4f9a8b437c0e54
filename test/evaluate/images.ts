import { createHash } from 'node:crypto'
import type { SplitImage } from '../../src/evaluate/split.js'

/** The sha256 of some text, in hex. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Images with contents of their own: so many of each class. */
export function imagesOf(counts: Readonly<Record<string, number>>, part?: SplitImage['part']): SplitImage[] {
  return Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => ({ label, sha256: digest(`${part} ${label} ${i}`), part })),
  )
}
