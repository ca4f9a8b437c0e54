import { dtypeBytes } from '../cache/dtype.js'
import type { Precision } from '../cache/fingerprint.js'
import type { Pool } from '../cache/pool-codes.js'
import { type CodeSimilarity, codeSimilarity } from '../evaluate/code-similarity.js'
import { codesHere } from '../evaluate/codes-here.js'
import { type DataSet, openDataSet } from '../evaluate/data-set.js'
import { measureHead } from '../evaluate/measure-head.js'
import { extractSeveral } from '../extract/extract-codes.js'
import { type CodeSpeed, measureSpeed } from '../extract/measure-speed.js'
import type { ExtractResult, ExtractSeveralOptions } from '../extract/options.js'
import type { DecoderName } from '../images/preprocessing.js'
import type { ResizeRule } from '../images/resize-rule.js'

export interface CompareOptions extends ExtractSeveralOptions {
  /** The heads' view of the codes, default avg. */
  readonly pool?: Pool | undefined
  /** Share of each class's images that is for training, default '0.7'. */
  readonly split?: string | undefined
  /** Told of what is odd about the codes. */
  readonly onNote?: ((text: string) => void) | undefined
  /** Told what is being done. */
  readonly onStage?: ((text: string) => void) | undefined
}

/** One kind of code beside the others. */
export interface ComparedCodes extends CodeSpeed {
  readonly model: string
  readonly layer: string
  readonly resize: ResizeRule
  readonly precision: Precision
  readonly decoder: DecoderName
  readonly fingerprint: string
  readonly codeLength: number
  /** To the first codes of the same model and layer: under the first resize rule, by the first decoder, in the first precision; null for those. */
  readonly cosine: CodeSimilarity | null
  /** Of a softmax head on the test part: the same split for all, where they refuse the same images. */
  readonly accuracy: number
  /** Its images. */
  readonly test: number
  /** Less the accuracy of the head on those; null for that one itself. */
  readonly accuracyChange: number | null
  /** Bytes of the data set's codes. */
  readonly diskBytes: number
}

export interface CompareResult {
  readonly images: number
  readonly classes: number
  readonly test: number
  readonly pool: Pool
  readonly seed: number
  readonly compared: readonly ComparedCodes[]
}

/**
 * Sets models, layers, resize rules, decoders and precisions side by side on a data set: cosine of the codes, accuracy of a head on each,
 * speed, disk.
 *
 * Codes that are missing are made first, every image decoded once for all of them. Speeds are measured in turns in this run.
 *
 * @throws UserError as `codes` and `train-head` do.
 */
export async function compareModels(options: CompareOptions = {}): Promise<CompareResult> {
  const { pool = 'avg', seed = 0, split, onStage } = options
  const { runs, images, interrupted } = await extractSeveral(options)
  if (interrupted) options.signal?.throwIfAborted()
  onStage?.('speed')
  const speeds = await measureSpeed(options)
  const compared: ComparedCodes[] = []
  let parts = { classes: 0, test: 0 }
  for (const [which, run] of runs.entries()) {
    options.signal?.throwIfAborted()
    onStage?.(`head on ${run.model}, ${run.layer}, ${run.resize}, ${run.decoder}, ${run.precision}`)
    const data = await codesHere(openDataSet({ ...options, model: run.model, digest: run.fingerprint }), options)
    try {
      const { figures } = await measureHead(data, { pool, seed, split })
      parts = figures
      const first = compared.find(({ model, layer }) => model === run.model && layer === run.layer)
      const speed = speeds[which]
      if (!speed) throw new Error(`Expected the speed of ${run.model}`)
      compared.push({ ...comparedTo(first, run, data, { accuracy: figures.accuracy.test, test: figures.test }), ...speed })
    } finally {
      data.catalog.close()
    }
  }
  return { images, classes: parts.classes, test: parts.test, pool, seed, compared }
}

function comparedTo(
  first: ComparedCodes | undefined,
  { model, layer, resize, decoder, precision, fingerprint, codeLength, dtype }: ExtractResult,
  { catalog, fingerprint: record, images }: DataSet,
  { accuracy, test }: Pick<ComparedCodes, 'accuracy' | 'test'>,
): Omit<ComparedCodes, keyof CodeSpeed> {
  const other = first && catalog.codes.find(first.fingerprint)
  const sha256 = new Set(images.map((image) => image.sha256))
  return {
    model,
    layer,
    resize,
    precision,
    decoder,
    fingerprint,
    codeLength,
    cosine: other ? codeSimilarity(catalog, [other, record], sha256) : null,
    accuracy,
    test,
    accuracyChange: first ? accuracy - first.accuracy : null,
    diskBytes: sha256.size * codeLength * dtypeBytes(dtype),
  }
}
