import { join } from 'node:path'
import { isInBucket } from '../base/bucket-address.js'
import { BadImage } from '../images/bad-image.js'
import { type LoadedFile, loadFile } from './load-file.js'
import { objectLoader } from './object-loader.js'
import type { LoadImage } from './read-log.js'

/** What reads the files of a data set, in a folder or in a bucket. */
export function imageLoader(root: string): LoadImage {
  return isInBucket(root) ? objectLoader(root) : (path) => loadFile(join(root, path))
}

/** What reads the files of several data sets, each with connections of its own. */
export class ImageLoaders {
  readonly #loaders = new Map<string, LoadImage>()

  of(root: string): LoadImage {
    const load = this.#loaders.get(root) ?? imageLoader(root)
    this.#loaders.set(root, load)
    return load
  }
}

/** A file, or undefined where it cannot be read. */
export async function tryToLoad(load: LoadImage, path: string): Promise<LoadedFile | undefined> {
  return load(path).catch((error: unknown) => {
    if (error instanceof BadImage) return undefined
    throw error
  })
}
