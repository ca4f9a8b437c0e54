import { quoted } from '../base/quoted.js'
import { codesHere } from '../evaluate/codes-here.js'
import { type DataSet, openDataSet } from '../evaluate/data-set.js'
import { SlowStageInterrupted } from '../evaluate/training-interrupted.js'
import { extractSeveral } from '../extract/extract-codes.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import type { TailPlan } from './plan-tail.js'

/** What fine-tuning reads of the cache; the caller closes both catalogs. */
export interface TailCodes {
  /** Codes of the layer before the cut. */
  readonly codes: DataSet
  /** Those of the whole network, on which the head is trained first; undefined where it is not. */
  readonly whole: DataSet | undefined
}

/**
 * Computes what the cache does not have of both, each image read once, and opens it.
 *
 * @throws SlowStageInterrupted when the signal was aborted, and whatever `extractCodes` and `openDataSet` throw.
 */
export async function tailCodes(
  { cut, backbone }: TailPlan,
  { onImages, resize, decoder, layer, ...options }: FineTuneOptions & { readonly model: string; readonly signal: AbortSignal | undefined },
): Promise<TailCodes> {
  const layers = options.freezeEpochs === 0 ? [cut.layer] : [cut.layer, backbone.layer] // the last one is what other commands take
  const slow = { ...options, models: [options.model], layers, resizes: resize && [resize], decoders: decoder && [decoder] }
  const { interrupted, images, computed, cached, quarantined, runs } = await extractSeveral({
    ...slow,
    batch: undefined,
    onProgress: onImages,
  })
  if (quarantined > 0)
    options.onNote?.(
      `${quarantined} of ${images} files cannot be used: npm run cache -- quarantine --data ${quoted(options.data ?? 'data')} lists them.`,
    )
  if (interrupted) throw new SlowStageInterrupted(computed + cached + quarantined, images)
  const open = async (digest: string) => {
    const opened = await codesHere(openDataSet({ ...options, size: undefined, digest }), options)
    return options.divide?.(opened) ?? opened
  }
  const [codes, whole] = runs.map(({ fingerprint }) => fingerprint)
  if (codes === undefined) throw new Error('Expected codes of the layer before the cut')
  const opened = await open(codes)
  try {
    return { codes: opened, whole: whole === undefined ? undefined : await open(whole) }
  } catch (error) {
    opened.catalog.close()
    throw error
  }
}
