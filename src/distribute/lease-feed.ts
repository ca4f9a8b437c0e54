import type { Catalog } from '../cache/catalog.js'
import type { FileRecord } from '../cache/file-table.js'
import { imageLoader, tryToLoad } from '../extract/image-loader.js'
import type { LoadImage } from '../extract/read-log.js'
import type { Stock } from '../extract/take-stock.js'

/** Files that are read at the same time. */
const atOnce = 16

/** Images of the smallest lease, but for the last one. */
const leastSize = 16

/** Whose files are handed out. */
export interface FeedSource {
  readonly catalog: Catalog
  readonly stock: Stock
  readonly root: string
  /** Images of a lease, at most. */
  readonly size: number
  /** Told of files that turned out to have all their codes. */
  readonly onKnown: (files: readonly FileRecord[]) => void
}

/**
 * The files that workers have to code, in leases. Where the cache has codes of these kinds, files that it does not know are read here
 * first: a renamed or touched image is a hit, and no worker's work. In an empty cache that would only read everything twice.
 */
export class LeaseFeed {
  readonly #source: FeedSource
  readonly #couldHit: boolean
  readonly #load: LoadImage
  /** Paths of files that are in the queue already. */
  readonly #pending: ReadonlySet<string>
  /** Files that were looked at and wait for a full lease. */
  #open: FileRecord[] = []
  #at = 0

  constructor(source: FeedSource, pending: ReadonlySet<string>) {
    this.#source = source
    this.#pending = pending
    const { stock, catalog, root } = source
    this.#load = imageLoader(root)
    this.#couldHit = stock.targets.some(({ target }) => {
      const record = catalog.codes.find(target.fingerprint)
      return record !== undefined && catalog.codes.rows(record.id) > 0
    })
  }

  /**
   * The next lease, undefined behind the last one. Towards the end they grow smaller (guided self-scheduling, Polychronopoulos and
   * Kuck 1987), so that no worker has a whole one to do while the others have none.
   *
   * @param takers leases that are coded at the same time.
   */
  async next(takers: number): Promise<readonly FileRecord[] | undefined> {
    const { stock, size: most } = this.#source
    const left = this.#open.length + stock.todo.length - this.#at
    const size = Math.min(most, Math.max(leastSize, Math.ceil(left / (2 * takers))))
    while (this.#open.length < size && this.#at < stock.todo.length) {
      const step = this.#couldHit ? atOnce : size
      const some = stock.todo.slice(this.#at, this.#at + step).filter(({ path }) => !this.#pending.has(path))
      this.#at += step
      this.#open.push(...(this.#couldHit ? await this.#misses(some) : some))
    }
    const lease = this.#open.slice(0, size)
    this.#open = this.#open.slice(size)
    return lease.length > 0 ? lease : undefined
  }

  /** What was not handed out. */
  rest(): FileRecord[] {
    return [...this.#open, ...this.#source.stock.todo.slice(this.#at)]
  }

  async #misses(files: readonly FileRecord[]): Promise<FileRecord[]> {
    const { stock, onKnown } = this.#source
    const looked = await Promise.all(files.map((file) => withHash(this.#load, file)))
    const known = looked.filter((file) => isKnown(stock, file))
    if (known.length > 0) onKnown(known)
    return looked.filter((file) => !known.includes(file))
  }
}

async function withHash(load: LoadImage, file: FileRecord): Promise<FileRecord> {
  if (file.image !== undefined) return file
  const loaded = await tryToLoad(load, file.path) // what cannot be read, the worker tells of
  return loaded ? { ...file, image: loaded.image, stamp: loaded.stamp, hashed: loaded.hashed } : file
}

/** Whether no kind of code is missing of a file by now. */
function isKnown({ targets }: Stock, file: FileRecord): boolean {
  return file.image !== undefined && targets.every(({ known }) => known.standing(file) !== 'open')
}
