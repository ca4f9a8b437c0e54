import { join } from 'node:path'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { fileStamp } from '../images/file-stamp.js'
import { NoImages } from '../images/no-images.js'
import { type ScannedFile, type ScannedFolder, scanFolder } from '../images/scan-folder.js'
import type { ExtractSeveralOptions } from './options.js'
import { selectFiles } from './select-files.js'

/** What a look at the folder showed. */
export interface Look {
  /** The folder without files that may still be written, where there is something new in it. */
  readonly due: ScannedFolder | undefined
  /** Why there is nothing to take, in a sentence; undefined where all is well. */
  readonly reason: string | undefined
  /** Milliseconds that the look took. */
  readonly took: number
}

/** A file as it was seen, and since when (by performance.now()) it has looked like that. */
interface Sighting {
  readonly stamp: string
  readonly since: number
  /** When the file itself says that it was changed, milliseconds since 1970. */
  readonly changed: number
}

const gone = 'gone'
/** A link that leads nowhere, or a file that its folder's permissions hide. */
const unreadable = 'unreadable'

/**
 * Tells what is new in a folder by looking at all of its files again and again.
 *
 * No events of the system: they do not exist on network file systems, are lost for folders that are just being made (Node
 * issue 48437), and cannot tell when a file is complete. A look at 10,000 files on a local disk takes 60 ms.
 */
export class FolderWatch {
  readonly #options: ExtractSeveralOptions
  /** Milliseconds. */
  readonly #settle: number
  #seen = new Map<string, Sighting>()
  #done = new Map<string, string>()
  /** The settled files of the last look that was due. */
  #taken = new Map<string, string>()

  constructor(options: ExtractSeveralOptions, settle: number) {
    this.#options = options
    this.#settle = settle
  }

  /** Whether files were seen whose present state is not yet done: new ones, changed ones, vanished ones. */
  get pending(): boolean {
    return [...this.#seen].some(([path, { stamp }]) => (this.#done.get(path) ?? gone) !== stamp)
  }

  /**
   * Lists the folder. One without images, or without those that are asked for, is a reason to wait.
   *
   * @throws UserError as scanFolder does for anything else.
   */
  firstLook(): Look {
    return this.#look((error) => error instanceof NoImages)
  }

  /** As `firstLook`, but a folder that cannot be listed is a reason to wait: a disk may come back. */
  look(): Look {
    return this.#look((error) => error instanceof UserError || errorCode(error) !== undefined)
  }

  /** What was due is done. */
  done(): void {
    this.#done = this.#taken
  }

  #look(mayWait: (error: unknown) => boolean): Look {
    const { data = 'data', cache = 'cache' } = this.#options
    const started = performance.now()
    const result = (found: Partial<Look>) => ({ due: undefined, reason: undefined, took: performance.now() - started, ...found })
    let scanned: ScannedFolder | undefined
    try {
      scanned = scanFolder(data, cache)
      return result({ due: this.#dueOf(scanned, this.#selected(scanned)) })
    } catch (error) {
      const isNothingSelected = scanned !== undefined && error instanceof UserError
      if (!isNothingSelected && !mayWait(error)) throw error
      return result({ reason: messageOf(error) })
    }
  }

  #selected(scanned: ScannedFolder): ReadonlySet<string> {
    return new Set(selectFiles(scanned.files.map(unread), scanned, this.#options).map(({ path }) => path))
  }

  #dueOf(scanned: ScannedFolder, selected: ReadonlySet<string>): ScannedFolder | undefined {
    this.#see(scanned.root, selected)
    const files = scanned.files.filter(({ path }) => !selected.has(path) || this.#isSettled(path))
    this.#taken = new Map(files.flatMap(({ path }) => (selected.has(path) ? [[path, this.#seen.get(path)?.stamp ?? gone]] : [])))
    const isNew = [...this.#taken].some(([path, stamp]) => this.#done.get(path) !== stamp)
    const isLess = [...this.#done.keys()].some((path) => !selected.has(path) && this.#isSettled(path))
    return this.#taken.size > 0 && (isNew || isLess) ? { ...scanned, files } : undefined
  }

  /** Notes how every file looks, those that are gone as well. */
  #see(root: string, paths: ReadonlySet<string>): void {
    const now = performance.now()
    const before = this.#seen
    this.#seen = new Map(
      [...new Set([...paths, ...this.#done.keys()])].map((path) => {
        const { stamp, changed } = paths.has(path) ? (fileStamp(join(root, path)) ?? { stamp: unreadable, changed: Infinity }) : vanished
        const known = before.get(path)
        return [path, known?.stamp === stamp ? known : { stamp, changed, since: now }]
      }),
    )
  }

  /** Whether a file has looked the same for long enough, by our clock or by its own times. */
  #isSettled(path: string): boolean {
    const { since, changed } = this.#seen.get(path) ?? { since: Infinity, changed: Infinity }
    return performance.now() - since >= this.#settle || Date.now() - changed > this.#settle
  }
}

const vanished = { stamp: gone, changed: Infinity }

const unread = (file: ScannedFile) => ({ ...file, stamp: undefined, hashed: undefined, image: undefined })
