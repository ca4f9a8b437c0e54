import { withCatalogErrors } from '../cache/catalog-error.js'
import { scanImages } from '../images/scan-images.js'
import { checkOptions } from './check-options.js'
import { CodeSession } from './code-session.js'
import { extractRound } from './extract-round.js'
import type { ExtractOptions, ExtractResult, ExtractSeveralOptions, ExtractSeveralResult } from './options.js'
import { asSeveral } from './target.js'

/**
 * The slow stage: runs every image of a folder once through a frozen network and keeps the flattened outputs in the cache.
 *
 * What the cache has is not computed again, whatever the file is called now. An image that cannot be used is quarantined
 * and listed; the run goes on. Whatever stops the run, finished shards stay.
 *
 * @throws UserError for a missing or empty folder, an unknown model, a model that takes no images, a cache that cannot be written.
 */
export async function extractCodes(options: ExtractOptions = {}): Promise<ExtractResult> {
  const { runs, ...totals } = await extractSeveral(asSeveral(options))
  const [only] = runs
  if (!only) throw new Error('Expected one kind of code')
  return { ...only, ...totals }
}

/** The slow stage for several kinds of codes: as `extractCodes`, each image read and decoded once for all of them. */
export async function extractSeveral(options: ExtractSeveralOptions = {}): Promise<ExtractSeveralResult> {
  const started = performance.now()
  const { data = 'data', cache = 'cache' } = checkOptions(options)
  const scanned = await scanImages(data, cache)
  if (scanned.files.every(({ label }) => label === ''))
    options.onNote?.(`The images of ${data} lie in no class folder: train-head takes their labels from a file, --labels FILE.csv.`)
  return withCatalogErrors(cache, async () => {
    const session = await CodeSession.open(options)
    try {
      const { result, failure } = await extractRound(session, scanned, { started })
      if (failure) throw failure
      return result
    } finally {
      await session.close()
    }
  })
}
