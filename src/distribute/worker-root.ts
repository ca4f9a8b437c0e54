import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { bucketText, isInBucket, parseBucketAddress } from '../base/bucket-address.js'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { imageLoader, tryToLoad } from '../extract/image-loader.js'
import type { LoadedFile } from '../extract/load-file.js'
import type { LoadImage } from '../extract/read-log.js'
import { BadImage } from '../images/bad-image.js'

/** The folder (or the place in a bucket) below which a worker reads, and nowhere else: others say which files. */
export class WorkerRoot {
  readonly path: string
  readonly #load: LoadImage

  /**
   * @param root a folder, or s3://bucket/prefix.
   * @throws UserError when there is no such folder.
   */
  constructor(root: string) {
    this.path = isInBucket(root) ? bucketText(parseBucketAddress(root)) : realRoot(root)
    this.#load = imageLoader(this.path)
  }

  /** Whether any of these files is there. */
  async hasSome(paths: readonly string[]): Promise<boolean> {
    if (!isInBucket(this.path)) return paths.some((path) => existsSync(join(this.path, path)))
    for (const path of paths) if (await tryToLoad(this.#load, path)) return true
    return false
  }

  /**
   * Reads a file by its path below the root.
   *
   * @throws BadImage when it cannot be read, or the path leads out of the root.
   */
  async load(path: string): Promise<LoadedFile> {
    if (isInBucket(this.path)) return this.#load(path)
    const whole = join(this.path, path)
    if (!whole.startsWith(this.path.endsWith(sep) ? this.path : this.path + sep)) {
      throw new BadImage('unreadable', 'Its path leads out of the root of the worker.')
    }
    return this.#load(path)
  }
}

function realRoot(root: string): string {
  try {
    const path = realpathSync(root)
    if (statSync(path).isDirectory()) return path
    throw new UserError(`Expected --root to be a folder, found a file at ${root}. Give the folder that codes has as --data.`)
  } catch (error) {
    if (error instanceof UserError) throw error
    const found = errorCode(error) === 'ENOENT' ? 'nothing' : messageOf(error)
    throw new UserError(`Expected a folder of images at ${root}, found ${found}. Give the folder that codes has as --data with --root.`)
  }
}
