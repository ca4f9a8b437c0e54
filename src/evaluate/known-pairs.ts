import { errorCode, messageOf } from '../base/errors.js'
import { product } from '../base/product.js'
import { isOfRandomWeights } from '../cache/fingerprint.js'
import { isCovered, type PairList, readPairLists, writePairList } from '../cache/pair-file.js'
import { pooledShape } from '../cache/pool-codes.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions } from './head-options.js'
import { nearPairs } from './near-pairs.js'
import { nearThresholds } from './near-thresholds.js'
import { nearestCosines } from './nearest-cosines.js'
import { openUnitCodes } from './unit-codes.js'

/** Codes of fewer channels are alike by chance. */
const fewestChannels = 64

/**
 * The near-duplicates among a data set's images: as they were found before, by a look at the pictures (`duplicates`) rather than by
 * codes alone, of whatever network; else found now by the codes, and kept. Undefined where these codes cannot tell pictures apart.
 */
export async function knownPairs(
  data: DataSet,
  { memory, onNote, onProgress }: Pick<HeadOptions, 'memory' | 'onNote' | 'onProgress'> = {},
): Promise<PairList | undefined> {
  const { catalog, fingerprint } = data
  const kept = keptPairs(data)
  if (kept) return kept
  if (product(pooledShape(fingerprint.shape, 'avg')) < fewestChannels || isOfRandomWeights(fingerprint.json)) return undefined
  const codes = openUnitCodes(data, memory)
  const { near } = nearThresholds(await nearestCosines(codes))
  const pairs = await nearPairs(codes, near, onProgress && ((share) => onProgress('near-duplicates', share)))
  const list: PairList = { fingerprint: fingerprint.digest, by: 'codes', threshold: near, images: codes.images, pairs }
  await keepPairs(catalog.cache, list, onNote)
  return list
}

/** The list that covers all images of the data set: rather one by pictures, rather one of these codes, rather a later one. */
function keptPairs({ catalog, fingerprint, images }: DataSet): PairList | undefined {
  const rank = (list: PairList) => (list.by === 'pictures' ? 2 : 0) + (list.fingerprint === fingerprint.digest ? 1 : 0)
  return readPairLists(catalog.cache)
    .sort((a, b) => rank(b) - rank(a))
    .find((list) =>
      isCovered(
        images.map(({ sha256 }) => sha256),
        list,
      ),
    )
}

/** Keeps a list where that is possible: it only saves time. */
export async function keepPairs(cache: string, list: PairList, onNote: HeadOptions['onNote']): Promise<void> {
  try {
    await writePairList(cache, list)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    onNote?.(`The list of near-duplicates could not be kept: ${messageOf(error)}. The next command that needs it finds them again.`)
  }
}
