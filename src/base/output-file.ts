import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from './errors.js'
import { makeFolder } from './make-folder.js'
import { syncFolder } from './sync-folder.js'
import { clearAbandoned, temporaryName } from './temporary-name.js'

/** What was written. */
export interface OutputDigest {
  /** The file's name without its folder. */
  readonly name: string
  readonly bytes: number
  /** sha256 in hex. */
  readonly sha256: string
}

/** A file of any length that is written piece by piece under a temporary name, and appears whole or not at all. */
export class OutputFile {
  readonly path: string
  readonly #temporary: string
  readonly #file: FileHandle
  readonly #hash = createHash('sha256')
  #bytes = 0
  #isOpen = true

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.path = path
    this.#temporary = temporary
    this.#file = file
  }

  /** Begins a file, making its folder; what killed writers left there is removed first. */
  static async open(path: string): Promise<OutputFile> {
    const folder = dirname(path)
    makeFolder(folder)
    clearAbandoned(folder)
    const temporary = join(folder, temporaryName())
    return new OutputFile(path, temporary, await open(temporary, 'wx'))
  }

  async write(piece: Uint8Array | string): Promise<void> {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    await this.#file.writeFile(bytes) // goes on behind the piece before
  }

  /** Brings it to the disk, still under its temporary name. */
  async finish(): Promise<OutputDigest> {
    await this.#file.sync()
    await this.#close()
    return { name: basename(this.path), bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /**
   * Gives a finished file its name.
   *
   * @param options `replace`: whether it may take the place of another file.
   * @throws EEXIST where there is one and it may not.
   */
  async publish({ replace }: { readonly replace: boolean }): Promise<void> {
    if (replace) await rename(this.#temporary, this.path)
    else await link(this.#temporary, this.path).catch((error: unknown) => this.#renameAlone(error))
    await this.discard()
    await syncFolder(dirname(this.path))
  }

  /** Removes what has no name yet. */
  async discard(): Promise<void> {
    await this.#close()
    await rm(this.#temporary, { force: true })
  }

  /** exFAT and the like know no links. */
  async #renameAlone(error: unknown): Promise<void> {
    if (errorCode(error) === 'EEXIST' || existsSync(this.path)) throw error
    await rename(this.#temporary, this.path)
  }

  async #close(): Promise<void> {
    if (this.#isOpen) await this.#file.close()
    this.#isOpen = false
  }
}
