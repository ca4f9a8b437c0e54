import type { Catalog } from '../cache/catalog.js'
import { CodeReader } from '../cache/code-reader.js'
import type { FingerprintRecord } from '../cache/code-table.js'

/** Cosine similarities of images' codes of two kinds. */
export interface CodeSimilarity {
  readonly images: number
  readonly mean: number
  /** The image whose codes differ most. */
  readonly least: number
}

/** Images whose codes are in memory at once. */
const block = 256

/**
 * How alike two kinds of codes of the same images are, such as float32 and int8 of one network.
 *
 * Codes of zeros alone count as 1 beside zeros, else as 0.
 *
 * @param among images to compare (sha256 in hex); those that lack one of the two codes are left out.
 * @throws UserError when a shard is missing or damaged; Error when the codes differ in length.
 */
export function codeSimilarity(
  catalog: Catalog,
  [a, b]: readonly [FingerprintRecord, FingerprintRecord],
  among: ReadonlySet<string>,
): CodeSimilarity {
  const [first, second] = [new CodeReader(catalog, a), new CodeReader(catalog, b)]
  if (first.length !== second.length) throw new Error(`Expected codes of one length, got ${first.length} and ${second.length}`)
  const images = first.stored(second.stored(among))
  let [sum, least] = [0, 1]
  for (let from = 0; from < images.length; from += block) {
    const some = images.slice(from, from + block)
    const [codes, others] = [first.read(some), second.read(some)]
    for (let row = 0; row < some.length; row++) {
      const [start, end] = [row * first.length, (row + 1) * first.length]
      const similarity = cosine(codes.subarray(start, end), others.subarray(start, end))
      sum += similarity
      least = Math.min(least, similarity)
    }
  }
  return { images: images.length, mean: images.length === 0 ? 1 : sum / images.length, least }
}

/** a · b / (‖a‖ ‖b‖). */
function cosine(a: Float32Array, b: Float32Array): number {
  let [product, ofA, ofB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    product += x * y
    ofA += x * x
    ofB += y * y
  }
  return ofA === 0 && ofB === 0 ? 1 : product / (Math.sqrt(ofA * ofB) || 1)
}
