import type { Catalog } from '../catalog.js'
import type { CodeArray, Dtype } from '../dtype.js'
import type { CodeBatch } from '../open-shard.js'
import type { StoredRow } from './check-block.js'

/** Picks the rows that a cache lacks, each once. */
export class NewRows {
  readonly #catalog: Catalog
  readonly #fingerprint: string
  /** Checksums of the rows so far, by image and dtype. */
  readonly #seen = new Map<string, number>()

  constructor(catalog: Catalog, fingerprint: string) {
    this.#catalog = catalog
    this.#fingerprint = fingerprint
  }

  /**
   * Those of some rows, as batches of one dtype.
   *
   * @throws Error whose message says what is wrong, as the end of a sentence, where an image has two codes.
   */
  of(rows: readonly StoredRow[]): Omit<CodeBatch, 'shape'>[] {
    const fresh = rows.filter((row) => this.#isFirst(row))
    return (['float16', 'float32'] as const).flatMap((dtype) => this.#batch(fresh, dtype))
  }

  /** Byte-equal images give equal rows; anything else was put together by hand. */
  #isFirst({ image, dtype, crc }: StoredRow): boolean {
    const key = `${dtype} ${image}`
    const before = this.#seen.get(key)
    if (before !== undefined && before !== crc) throw new Error(`it gives image ${image} two different codes`)
    this.#seen.set(key, crc)
    return before === undefined
  }

  #batch(rows: readonly StoredRow[], dtype: Dtype): Omit<CodeBatch, 'shape'>[] {
    const isKnown = this.#catalog.codes.lookup(this.#fingerprint, dtype)
    const lacking = rows.filter((row) => row.dtype === dtype && !isKnown(row.image))
    if (lacking.length === 0) return []
    return [
      {
        dtype,
        images: lacking.map(({ image }) => image),
        codes: joined(
          lacking.map(({ code }) => code),
          dtype,
        ),
      },
    ]
  }
}

function joined(codes: readonly CodeArray[], dtype: Dtype): CodeArray {
  const length = codes.reduce((sum, code) => sum + code.length, 0)
  const all = dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
  let at = 0
  for (const code of codes) {
    all.set(code, at)
    at += code.length
  }
  return all
}
