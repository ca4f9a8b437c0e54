import { join } from 'node:path'
import { UserError } from '../base/errors.js'
import { compareChecksum, describeChecksum } from './checksum.js'
import { type DownloadOptions, downloadWeights } from './download-weights.js'
import { reasonOf } from './fetch-to-file.js'
import { pathState } from './path-state.js'
import { putAside } from './put-aside.js'
import { foreignPaths, modelsFolder, type WeightPlaces } from './weight-folders.js'
import type { Checksum, WeightSource } from './weight-source.js'

/** A file of the right name and another checksum. */
interface WrongFile {
  readonly path: string
  /** Its checksum, as many digits as the right one has. */
  readonly found: string
  /** Where it was put; undefined where it stays. */
  readonly aside: string | undefined
}

/** Finds the official weights: in the cache's models/, where other programs keep theirs, else by download into the cache. */
export async function findWeights(source: WeightSource, places: WeightPlaces, options: DownloadOptions = {}): Promise<string> {
  const wrong: WrongFile[] = []
  const found = await searchWeights(source, places, (file) => wrong.push(file))
  if (found !== undefined) return found
  return downloadWeights(source, modelsFolder(places), options).catch((error: unknown) => {
    throw error instanceof UserError || options.signal?.aborted ? error : missing(source, places, { wrong, reason: reasonOf(error) })
  })
}

/**
 * The path of official weights that are on this machine, checksum compared; undefined where there are none.
 *
 * A file of a wrong checksum in the cache's models/ is put aside as `FILE.rejected`; elsewhere it is passed over. `onWrong` is told of both.
 */
export async function searchWeights(
  source: WeightSource,
  places: WeightPlaces,
  onWrong: (file: WrongFile) => void = () => undefined,
): Promise<string | undefined> {
  const own = join(modelsFolder(places), source.file)
  for await (const { path, matches, found } of foundFiles(source, places)) {
    if (matches) return path
    onWrong({ path, found, aside: path === own ? await putAside(own) : undefined })
  }
  return undefined
}

/** As `searchWeights`, without touching anything. */
export async function peekWeights(source: WeightSource, places: WeightPlaces): Promise<string | undefined> {
  for await (const { path, matches } of foundFiles(source, places)) if (matches) return path
  return undefined
}

/** The files of this name, the cache's first. */
async function* foundFiles({ file, checksum }: WeightSource, places: WeightPlaces) {
  for (const path of [join(modelsFolder(places), file), ...(await foreignPaths(file, places))]) {
    if ((await pathState(path)) !== 'file') continue
    yield { path, ...(checksum ? await compareChecksum(path, checksum) : { matches: true, found: '' }) }
  }
}

/** The user's own weights, which have no checksum to compare with. */
export async function givenWeights(path: string): Promise<string> {
  const state = await pathState(path)
  if (state === 'file') return path
  const found = state === 'folder' ? 'a folder' : 'no file'
  const fix = state === 'folder' ? 'Give the path of a file in it.' : 'Check the path.'
  throw new UserError(`Expected --weights to be a file with weights, found ${found} at ${path}. ${fix}`, 2)
}

interface Missing {
  readonly wrong: readonly WrongFile[]
  /** Why the download failed. */
  readonly reason: string
}

/** One message with all that someone without a network needs. */
function missing(source: WeightSource, places: WeightPlaces, { wrong, reason }: Missing): UserError {
  const { file, url, checksum, statedBy } = source
  const found = wrong.map((one) => describeWrong(one, checksum)).join('; ') || 'none'
  return new UserError(
    `Expected the weights ${file} on this machine, found ${found}, and the download failed (${reason}). ` +
      `Fetch ${url} (${describeChecksum(checksum)}, by ${statedBy}) elsewhere and put it at ${join(modelsFolder(places), file)}, ` +
      'or give a file with --weights FILE. Without it: --model efficientnet-lite0 needs no download, ' +
      'and --weights random is good for trying speed (its codes mean nothing).',
  )
}

/** Digits of a sha256 that is known in part stand for its beginning. */
function describeWrong({ path, found, aside }: WrongFile, checksum: Checksum | undefined): string {
  const { algorithm = '', hex = '' } = checksum ?? {}
  const verb = algorithm === 'sha256' && hex.length < 64 ? 'begins with' : 'is'
  const fate = aside === undefined ? 'passed over' : `put aside as ${aside}`
  return `${path} whose ${algorithm} ${verb} ${found}, not ${hex} (it was ${fate})`
}
