import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, extname, join, posix } from 'node:path'
import { sha256 } from '../../base/content-file.js'
import { errorCode, messageOf, UserError } from '../../base/errors.js'
import { writeRemedy } from '../../base/write-remedy.js'
import { type Published, publish } from '../publish.js'
import type { SharedStore, StoredFile } from './shared-store.js'

/** A folder that many machines see: NFS and the like. */
export class FolderStore implements SharedStore {
  readonly location: string

  /** @param location absolute path; it is made when something is put into it. */
  constructor(location: string) {
    this.location = location
  }

  async publish(folder: string, content: readonly Uint8Array[], extension: string): Promise<Published> {
    const path = join(this.location, folder)
    return publish(path, content, extension).catch((error: unknown) => {
      throw new UserError(`Expected to write into ${path}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)}.`)
    })
  }

  addressOf(name: string): string {
    return join(this.location, name)
  }

  isInSight(name: string): boolean {
    return existsSync(this.addressOf(name))
  }

  async read(name: string): Promise<Uint8Array> {
    const path = join(this.location, name)
    const bytes = await readFile(path).catch((error: unknown) => {
      throw unreadable(path, errorCode(error) === 'ENOENT' ? 'nothing' : messageOf(error))
    })
    if (sha256(bytes) !== basename(name, extname(name))) throw unreadable(path, 'another content than its name says')
    return bytes
  }

  async *list(folder: string): AsyncGenerator<StoredFile> {
    for (const entry of entriesOf(join(this.location, folder))) {
      const name = posix.join(folder, entry)
      const state = statSync(join(this.location, name), { throwIfNoEntry: false })
      if (state?.isDirectory()) yield* this.list(name)
      else if (state?.isFile() && !entry.startsWith('.')) yield { name, bytes: state.size }
    }
  }
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new UserError(`Expected to list ${path}, but that is not possible: ${messageOf(error)}. Check its permissions.`)
  }
}

function unreadable(path: string, found: string): UserError {
  return new UserError(`Expected a whole file at ${path}, found ${found}. Check that the shared location is there on this machine.`)
}
