import { join } from 'node:path'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { BadImage } from '../images/bad-image.js'
import type { ReadFile } from './image-claims.js'
import { loadFile } from './load-file.js'

/** Milliseconds between two entries of what was read. */
const keepInterval = 20_000

/** Reads a data set's files and remembers what came of it. */
export class ReadLog {
  readonly #root: string
  readonly #onRead: (files: readonly FileRecord[]) => void
  /** Files that were read, with their hash, by path. */
  readonly read = new Map<string, FileRecord>()
  /** Files that could not be read. */
  readonly unreadable: QuarantineRecord[] = []
  #fresh: FileRecord[] = []
  #kept = performance.now()

  /** @param onRead told from time to time of files that were read: their hashes need not wait for the end of a run. */
  constructor(root: string, onRead: (files: readonly FileRecord[]) => void) {
    this.#root = root
    this.#onRead = onRead
  }

  /** Reads a file; undefined where it cannot be read. */
  async load(file: FileRecord): Promise<ReadFile | undefined> {
    try {
      const { bytes, image, stamp, hashed } = await loadFile(join(this.#root, file.path))
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
