import { resolve } from 'node:path'
import { FolderStore } from './folder-store.js'
import type { SharedStore } from './shared-store.js'

/** The store at a location: a folder. */
export async function openStore(location: string): Promise<SharedStore> {
  return new FolderStore(resolve(location))
}
