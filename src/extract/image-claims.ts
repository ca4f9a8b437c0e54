import type { FileRecord } from '../cache/file-table.js'
import type { Leases } from '../cache/leases.js'
import type { LoadedFile } from './load-file.js'
import type { TargetStream } from './target-stream.js'

/** What keeps two processes from computing the same image. */
export type ImageLeases = Pick<Leases, 'take' | 'isElsewhere' | 'release'>

/** A file that was read. */
export interface ReadFile extends LoadedFile {
  readonly file: FileRecord
}

/** What a run has to do with an image. */
export interface Claim {
  /** For each kind of code, whether it is computed for this file, now and here. */
  readonly ours: readonly boolean[]
  /** Whether another process is computing one of the codes. */
  readonly elsewhere: boolean
}

/** How an image stands for a run that has met another process at work on it. */
export type Standing = 'done' | 'elsewhere' | 'free'

/** Decides which images this process computes, so that no two processes compute the same one, nor this one twice. */
export class ImageClaims {
  readonly #targets: readonly TargetStream[]
  readonly #leases: ImageLeases
  readonly #exclude: ReadonlySet<string> | undefined

  constructor(targets: readonly TargetStream[], leases: ImageLeases, exclude: ReadonlySet<string> | undefined) {
    this.#targets = targets
    this.#leases = leases
    this.#exclude = exclude
  }

  /** Claims what can be claimed of some files, for all kinds of codes. */
  take(files: readonly ReadFile[]): Claim[] {
    const perTarget = this.#targets.map((target) => this.#takeFor(target, files))
    return files.map((_, at) => ({
      ours: perTarget.map((claims) => claims[at] === 'ours'),
      elsewhere: perTarget.some((claims) => claims[at] === 'elsewhere'),
    }))
  }

  /** Whether an image that was elsewhere is still so, has all its codes by now, or can be claimed. */
  standing(file: FileRecord, image: string): Standing {
    const open = this.#targets.filter((target) => this.#isOpen(target, file, image))
    if (open.length === 0) return 'done'
    return open.every(({ fingerprint }) => this.#leases.isElsewhere(fingerprint)(image)) ? 'elsewhere' : 'free'
  }

  #isOpen(target: TargetStream, file: FileRecord, image: string): boolean {
    return !this.#exclude?.has(image) && target.isOpen(file, image)
  }

  #takeFor(target: TargetStream, files: readonly ReadFile[]): ('ours' | 'elsewhere' | 'none')[] {
    const { fingerprint } = target
    const isOpen = files.map(({ file, image }) => this.#isOpen(target, file, image))
    const images = new Set(files.flatMap(({ image }, at) => (isOpen[at] ? image : [])))
    const held = this.#leases.take(fingerprint, [...images])
    // Another process may have entered a code just before its lease came free.
    const late = [...held].filter((image) => target.has(image))
    this.#leases.release(fingerprint, late)
    return files.map(({ image }, at) => {
      if (!isOpen[at]) return 'none'
      if (!held.has(image)) return 'elsewhere'
      return target.claim(image) ? 'ours' : 'none'
    })
  }
}
