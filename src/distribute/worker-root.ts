import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { type LoadedFile, loadFile } from '../extract/load-file.js'
import { BadImage } from '../images/bad-image.js'

/** The folder below which a worker reads, and nowhere else: others say which files. */
export class WorkerRoot {
  readonly path: string

  /** @throws UserError when there is no such folder. */
  constructor(root: string) {
    this.path = realRoot(root)
  }

  /** Whether any of these files is there. */
  hasSome(paths: readonly string[]): boolean {
    return paths.some((path) => existsSync(join(this.path, path)))
  }

  /**
   * Reads a file by its path below the root.
   *
   * @throws BadImage when it cannot be read, or the path leads out of the root.
   */
  async load(path: string): Promise<LoadedFile> {
    const whole = join(this.path, path)
    if (!whole.startsWith(this.path.endsWith(sep) ? this.path : this.path + sep)) {
      throw new BadImage('unreadable', 'Its path leads out of the root of the worker.')
    }
    return loadFile(whole)
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
