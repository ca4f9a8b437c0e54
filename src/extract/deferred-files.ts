import { setTimeout } from 'node:timers/promises'
import type { FileRecord } from '../cache/file-table.js'
import type { ImageClaims, ReadFile, Standing } from './image-claims.js'

/** Milliseconds between two looks at what other processes do, at least. */
const interval = 250

/** Files of whose images another process computes a code. */
export class DeferredFiles {
  readonly #claims: ImageClaims
  #files: Pick<ReadFile, 'file' | 'image'>[] = []
  #took = 0

  constructor(claims: ImageClaims) {
    this.#claims = claims
  }

  get size(): number {
    return this.#files.length
  }

  add({ file, image }: ReadFile): void {
    this.#files.push({ file, image })
  }

  /** Takes out the files that need no waiting any more: those that have their codes, and those that can be claimed. */
  look(): { readonly done: FileRecord[]; readonly free: FileRecord[] } {
    const started = performance.now()
    const looked = this.#files.map((one) => ({ ...one, standing: this.#claims.standing(one.file, one.image) }))
    const those = (standing: Standing) => looked.flatMap((one) => (one.standing === standing ? one.file : []))
    this.#files = looked.filter(({ standing }) => standing === 'elsewhere')
    this.#took = performance.now() - started
    return { done: those('done'), free: those('free') }
  }

  /** Waits until the next look, a tenth of a core at most going into looking. */
  async rest(signal: AbortSignal | undefined): Promise<void> {
    await setTimeout(Math.max(interval, 10 * this.#took), undefined, { signal }).catch(() => undefined)
  }
}
