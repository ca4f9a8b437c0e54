import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { BadImage } from '../images/bad-image.js'
import type { ReadFile } from './image-claims.js'
import type { LoadedFile } from './load-file.js'

/** Milliseconds between two entries of what was read. */
const keepInterval = 20_000

/**
 * Reads a file by its path below the data folder.
 *
 * @throws BadImage when it cannot be read.
 */
export type LoadImage = (path: string) => Promise<LoadedFile>

/** Reads a data set's files and remembers what came of it. */
export class ReadLog {
  readonly #load: LoadImage
  readonly #onRead: (files: readonly FileRecord[]) => void
  /** Files that were read, with their hash, by path. */
  readonly read = new Map<string, FileRecord>()
  /** Files that could not be read. */
  readonly unreadable: QuarantineRecord[] = []
  #fresh: FileRecord[] = []
  #kept = performance.now()

  /** @param onRead told from time to time of files that were read: their hashes need not wait for the end of a run. */
  constructor(load: LoadImage, onRead: (files: readonly FileRecord[]) => void) {
    this.#load = load
    this.#onRead = onRead
  }

  /** Reads a file; undefined where it cannot be read. */
  async load(file: FileRecord): Promise<ReadFile | undefined> {
    try {
      const { bytes, image, stamp, hashed } = await this.#load(file.path)
      this.#add({ ...file, image, stamp, hashed })
      return { file, bytes, image, stamp, hashed }
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      this.unreadable.push({ path: file.path, cause: error.code, reason: error.message, stamp: undefined })
      return undefined
    }
  }

  #add(record: FileRecord): void {
    this.read.set(record.path, record)
    this.#fresh.push(record)
    if (performance.now() - this.#kept < keepInterval) return
    this.#onRead(this.#fresh)
    this.#fresh = []
    this.#kept = performance.now()
  }
}
