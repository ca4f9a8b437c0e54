import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError, usageError } from '../../base/errors.js'
import { compareChecksum, describeChecksum } from '../../weights/checksum.js'
import { type DownloadOptions, downloadWeights } from '../../weights/download-weights.js'
import { reasonOf } from '../../weights/fetch-to-file.js'
import { pathState } from '../../weights/path-state.js'
import { countImages } from './count-images.js'
import type { DatasetSource } from './dataset-source.js'
import { unpackDataset } from './unpack-dataset.js'

export interface GetDatasetOptions extends DownloadOptions {
  /** Folder that the data set's own folder is made in, default `data`. */
  readonly out?: string | undefined
  /** The archive, where it is on this machine already; it stays. */
  readonly from?: string | undefined
  /** Told how many files are unpacked so far. */
  readonly onFile?: ((files: number) => void) | undefined
}

export interface GetDatasetResult {
  readonly name: string
  /** The data set's folder. */
  readonly folder: string
  /** What `--data` takes: the folder that the class folders are in. */
  readonly data: string
  readonly images: number
  /** Whether the folder was there before; then nothing was done. */
  readonly known: boolean
  readonly licence: string
  readonly seconds: number
}

/**
 * Brings a published data set into `OUT/NAME`: an archive that lies in OUT, or is named, or is downloaded from the official address
 * (going on where an earlier download broke off). Its checksum is compared before anything is unpacked; a download is removed afterwards.
 *
 * @throws UserError for a wrong checksum or archive, another folder of that name, and without a network: then it says
 *   which file to put where.
 */
export async function getDataset(
  source: DatasetSource,
  { out = 'data', from, ...options }: GetDatasetOptions = {},
): Promise<GetDatasetResult> {
  const started = performance.now()
  const folder = join(out, source.name)
  const known = await isThere(folder, source)
  if (!known) {
    const { archive, isOurs } = await findArchive(source, { out, from, ...options })
    await unpackDataset(archive, { source, folder, signal: options.signal, onFile: options.onFile })
    if (isOurs) await rm(archive)
  }
  const { name, images, licence, imageFolder } = source
  return { name, folder, data: join(folder, imageFolder), images, known, licence, seconds: (performance.now() - started) / 1000 }
}

/** Whether the whole data set is there. */
async function isThere(folder: string, { title, images }: DatasetSource): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => [])
  if (names.length === 0) {
    await rmdir(folder).catch(() => undefined) // an empty folder is as good as none
    return false
  }
  const found = await countImages(folder)
  if (found === images) return true
  throw new UserError(
    `Expected nothing at ${folder}, or all ${images} images of ${title}, found ${found} of them. Move it away, or choose another place with --out.`,
  )
}

/** Where the archive is, and whether it was downloaded just now. */
async function findArchive(
  source: DatasetSource,
  { out, from, ...options }: GetDatasetOptions & { readonly out: string },
): Promise<{ archive: string; isOurs: boolean }> {
  const given = from ?? join(out, source.file)
  if (from !== undefined || (await pathState(given)) === 'file') {
    await checkArchive(given, source)
    return { archive: given, isOurs: false }
  }
  const archive = await downloadWeights(source, out, options).catch((error: unknown) => {
    throw error instanceof UserError || options.signal?.aborted ? error : missing(source, given, reasonOf(error))
  })
  return { archive, isOurs: true }
}

async function checkArchive(path: string, { file, checksum, statedBy }: DatasetSource): Promise<void> {
  const state = await pathState(path)
  if (state !== 'file') throw usageError('--from', `the archive ${file}`, `${path} (${state})`)
  if (!checksum) return
  const { matches, found } = await compareChecksum(path, checksum)
  if (matches) return
  throw new UserError(
    `Expected ${path} to match the checksum of ${file} (${describeChecksum(checksum)}, by ${statedBy}), got ${found}. Remove it and fetch it again.`,
  )
}

function missing({ title, url, file, bytes, checksum, statedBy }: DatasetSource, place: string, reason: string): UserError {
  return new UserError(
    `Expected to download ${title} (${file}, ${(bytes / 1e6).toFixed(0)} MB), but that failed (${reason}). Fetch ${url} ` +
      `(${describeChecksum(checksum)}, by ${statedBy}) elsewhere and put it at ${place}, or name it with --from FILE, and run this again.`,
  )
}
