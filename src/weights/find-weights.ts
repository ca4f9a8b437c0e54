import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { compareChecksum, describeChecksum } from './checksum.js'
import { type DownloadOptions, downloadWeights } from './download-weights.js'
import { foreignPaths, modelsFolder, type WeightPlaces } from './weight-folders.js'
import type { WeightSource } from './weight-source.js'

/** Finds the official weights: in the cache's models/, where other programs keep theirs, else by download into the cache. */
export async function findWeights(source: WeightSource, places: WeightPlaces, options: DownloadOptions = {}): Promise<string> {
  const found = await searchWeights(source, places)
  if (found !== undefined) return found
  return downloadWeights(source, modelsFolder(places), options).catch((error: unknown) => {
    throw error instanceof UserError || options.signal?.aborted ? error : missing(source, places, reasonOf(error))
  })
}

/**
 * The path of official weights that are on this machine, checksum compared; undefined where there are none.
 *
 * A file of a wrong checksum in the cache's models/ is put aside as `FILE.rejected`; elsewhere it is passed over.
 */
export async function searchWeights(source: WeightSource, places: WeightPlaces): Promise<string | undefined> {
  const own = join(modelsFolder(places), source.file)
  for await (const { path, isRight } of foundFiles(source, places)) {
    if (isRight) return path
    if (path === own) await rename(own, `${own}.rejected`)
  }
  return undefined
}

/** As `searchWeights`, without touching anything. */
export async function peekWeights(source: WeightSource, places: WeightPlaces): Promise<string | undefined> {
  for await (const { path, isRight } of foundFiles(source, places)) if (isRight) return path
  return undefined
}

/** The files of this name, the cache's first. */
async function* foundFiles({ file, checksum }: WeightSource, places: WeightPlaces) {
  for (const path of [join(modelsFolder(places), file), ...(await foreignPaths(file, places))]) {
    if (await isFile(path)) yield { path, isRight: !checksum || (await compareChecksum(path, checksum)).matches }
  }
}

/** The user's own weights, which have no checksum to compare with. */
export async function givenWeights(path: string): Promise<string> {
  if (await isFile(path)) return path
  throw new UserError(`Expected --weights to be a file with weights, found no file at ${path}. Check the path.`, 2)
}

/** One message with all that someone without a network needs. */
function missing(source: WeightSource, places: WeightPlaces, reason: string): UserError {
  const { file, url, checksum, statedBy } = source
  return new UserError(
    `Expected the weights ${file} on this machine, found none, and the download failed (${reason}). ` +
      `Fetch ${url} (${describeChecksum(checksum)}, by ${statedBy}) elsewhere and put it at ${join(modelsFolder(places), file)}, ` +
      'or give a file with --weights FILE. Without it: --model efficientnet-lite0 needs no download, ' +
      'and --weights random is good for trying speed (its codes mean nothing).',
  )
}

/** What fetch throws says little; its cause says why, though for several addresses together only by its code. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const reason = cause === undefined ? '' : messageOf(cause) || errorCode(cause)
  return reason || messageOf(error)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}
