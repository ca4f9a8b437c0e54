import { type Catalog, openExistingCatalog } from '../cache/catalog.js'
import { CodeReader } from '../cache/code-reader.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import { fetchShards } from '../cache/store/fetch-shards.js'
import { matrix, rowsOf } from '../engine/gemm.js'
import type { Session } from '../engine/onnx-session.js'
import type { Bundle } from './load-bundle.js'

/** Answers a bundle's head gives on codes that the cache has. The caller closes it. */
export class CachedAnswers {
  readonly #catalog: Catalog | undefined
  readonly #reader: CodeReader | undefined
  readonly #record: FingerprintRecord | undefined
  readonly #head: Session
  readonly #classes: number

  /** @param head of the bundle, which is not closed. */
  constructor({ fingerprint, pool, labels }: Bundle, { cache, head }: { readonly cache: string; readonly head: Session }) {
    this.#head = head
    this.#classes = labels.length
    this.#catalog = openExistingCatalog(cache)
    const record = this.#catalog?.codes.find(fingerprint)
    this.#record = record
    if (this.#catalog && record) this.#reader = new CodeReader(this.#catalog, record, { pool, nameOf: (image) => `the image ${image}` })
  }

  /** What the head says of those images (sha256 in hex) that have a code. */
  async answers(images: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    const stored = this.#reader?.stored(images) ?? []
    if (!this.#catalog || !this.#record || !this.#reader || stored.length === 0) return new Map()
    await fetchShards(this.#catalog, [{ fingerprint: this.#record, images: stored }])
    const codes = matrix(stored.length, this.#reader.length)
    for (const [row, image] of stored.entries()) this.#reader.read([image], rowsOf(codes, row, row + 1).data)
    const { data } = await this.#head.run(codes.data, [codes.rows, codes.columns])
    return new Map(stored.map((image, row) => [image, data.slice(row * this.#classes, (row + 1) * this.#classes)]))
  }

  close(): void {
    this.#catalog?.close()
  }
}
