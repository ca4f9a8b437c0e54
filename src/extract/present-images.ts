import { join } from 'node:path'
import { isInBucket } from '../base/bucket-address.js'
import { UserError } from '../base/errors.js'
import { cacheOption } from '../cache/cache-option.js'
import type { Catalog } from '../cache/catalog.js'
import type { FileRecord } from '../cache/file-table.js'
import { BadImage } from '../images/bad-image.js'
import { scanFolder } from '../images/scan-folder.js'
import { loadFile } from './load-file.js'
import { recognise } from './recognise-files.js'

/** A data folder that cannot be looked into. */
export interface GoneFolder {
  /** Absolute path. */
  readonly data: string
  /** One sentence. */
  readonly reason: string
  /** Files that the catalog has of it. */
  readonly files: number
}

export interface PresentImages {
  /** sha256 (hex) of the files of all data sets. */
  readonly images: ReadonlySet<string>
  /** Data folders that are gone, or empty, as folders are where a disk is not mounted. */
  readonly gone: readonly GoneFolder[]
}

export interface PresentImagesOptions {
  /** Count the files of data folders that are gone as gone; otherwise as there. */
  readonly goneFolders: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Looks which images the files of all known data sets have now. Unchanged files are recognised, all others are read: they may be old
 * ones under another name. One that cannot be read counts as what it was.
 *
 * @throws UserError where no data set is known.
 */
export async function presentImages(catalog: Catalog, { goneFolders, signal }: PresentImagesOptions): Promise<PresentImages> {
  const [images, gone] = [new Set<string>(), [] as GoneFolder[]]
  const sets = catalog.files.datasets().map(({ id, root }) => ({ root, files: catalog.files.files(id) }))
  if (sets.every(({ files }) => files.length === 0)) throw noDataSets(catalog.cache)
  for (const { root, files } of sets) {
    // A bucket is not asked: what it had counts as there.
    const now = isInBucket(root) ? files : filesNow(root, { files, cache: catalog.cache })
    if (now instanceof UserError) gone.push({ data: root, reason: now.message, files: files.length })
    const known = new Map(files.map(({ path, image }) => [path, image]))
    for (const file of now instanceof UserError ? (goneFolders ? [] : files) : now) {
      signal?.throwIfAborted()
      const image = file.image ?? (await imageOf(join(root, file.path))) ?? known.get(file.path)
      if (image !== undefined) images.add(image)
    }
  }
  return { images, gone }
}

/** The files of a folder with what is known of them; the error where it cannot be looked into. */
function filesNow(
  root: string,
  { files, cache }: { readonly files: readonly FileRecord[]; readonly cache: string },
): FileRecord[] | UserError {
  try {
    return recognise(scanFolder(root, cache), files)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

async function imageOf(path: string): Promise<string | undefined> {
  try {
    return (await loadFile(path)).image
  } catch (error) {
    if (error instanceof BadImage) return undefined
    throw error
  }
}

function noDataSets(cache: string): UserError {
  const where = cacheOption(cache)
  return new UserError(
    `Expected a data set in the catalog of ${cache}, found none: every image would count as missing. Run codes once on each of your data folders: npm run codes -- --data DIR${where}`,
  )
}
