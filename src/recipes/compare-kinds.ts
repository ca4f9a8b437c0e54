import { onceEach } from '../base/once-each.js'
import { product } from '../base/product.js'
import { dtypeBytes } from '../cache/dtype.js'
import { pooledShape } from '../cache/pool-codes.js'
import type { KnownSpeed } from '../cache/run-speed.js'
import { codesHere } from '../evaluate/codes-here.js'
import type { ComparedKind } from '../evaluate/compared-kind.js'
import type { DataSet } from '../evaluate/data-set.js'
import type { DataSetsOptions } from '../evaluate/open-data-sets.js'
import { type OpenedKind, openKinds } from '../evaluate/open-kinds.js'
import { openReader } from '../evaluate/open-reader.js'
import { paretoSet } from '../evaluate/pareto-set.js'
import { repeatedSplits, type SplitAccuracies, type SplitAccuraciesOptions, splitAccuracies } from '../evaluate/split-accuracies.js'
import { type KindSpeedsOptions, kindSpeeds } from '../extract/kind-speeds.js'
import { toHeadName } from '../heads/save-head.js'
import type { KindsComparison } from '../report/kinds/kinds-comparison.js'

export interface CompareKindsOptions extends DataSetsOptions, SplitAccuraciesOptions, Pick<KindSpeedsOptions, 'speed' | 'signal'> {}

/**
 * Sets every kind of codes that the cache has of a data set side by side under several pools: accuracy over repeated splits, images per
 * second, length of the codes, disk; and which of them nobody beats. No code is made.
 *
 * Heads are trained and tested on the same splits for all kinds, of seeds `seed`, `seed` + 1, …
 *
 * @throws UserError where codes are missing, with the command that makes them, or a class is too small for the split.
 */
export async function compareKinds(given: CompareKindsOptions = {}): Promise<KindsComparison> {
  const started = performance.now()
  const { repeats = 5, perClass = null, seed = 0, split = '0.7', validation = '0.1' } = given
  const options = { ...given, onNote: onceEach(given.onNote) }
  const kinds = openKinds(options)
  await codesHere(
    kinds.map(({ data }) => data),
    options,
  )
  try {
    const [first] = kinds
    if (!first) throw new Error('Expected at least one kind of codes')
    const splits = await repeatedSplits(first.data, options)
    const speeds = await speedsOf(kinds, options)
    const rows: Omit<ComparedKind, 'pareto'>[] = []
    for (const [at, one] of kinds.entries()) {
      options.signal?.throwIfAborted()
      const onShare = (share: number) => options.onProgress?.(`heads on ${one.kind.model}, ${one.kind.layer}`, (at + share) / kinds.length)
      const measured = await splitAccuracies(one.data, splits, onShare)
      rows.push(...measured.map((head) => rowOf(one, head, speeds[at])))
    }
    const best = paretoSet(rows.map(({ accuracy, imagesPerSecond, bytes }) => [accuracy, imagesPerSecond, -bytes]))
    return {
      rows: rows.map((row, at) => ({ ...row, pareto: best[at] ?? false })).sort((a, b) => b.accuracy - a.accuracy),
      seconds: (performance.now() - started) / 1000,
      name: nameOf(kinds),
      data: first.data.root,
      images: first.data.images.length,
      classes: splits[0]?.parts.classes.length ?? 0,
      test: splits[0]?.parts.test.length ?? 0,
      repeats: splits.length,
      perClass,
      seed,
      split: { train: split, validation },
      asked: repeats,
    }
  } finally {
    for (const { data } of kinds) data.catalog.close()
  }
}

function speedsOf(kinds: readonly OpenedKind[], options: CompareKindsOptions): Promise<KnownSpeed[]> {
  const [first] = kinds
  if (!first) return Promise.resolve([])
  options.onProgress?.('speed', 0)
  const { catalog, root } = first.data
  const { cache, classes, excludeClasses, exclude, signal, speed } = options
  const records = kinds.map(({ data }) => data.fingerprint)
  return kindSpeeds(records, { catalog, root }, { cache, classes, excludeClasses, exclude, signal, speed })
}

function rowOf({ kind, data }: OpenedKind, head: SplitAccuracies, speed: KnownSpeed | undefined): Omit<ComparedKind, 'pareto'> {
  if (!speed) throw new Error(`Expected the speed of ${kind.model}`)
  const { augment: _augment, view: _view, ...parts } = kind
  const { digest, shape } = data.fingerprint
  return { ...parts, fingerprint: digest, ...head, ...speed, codeLength: product(pooledShape(shape, head.pool)), bytes: bytesOf(data) }
}

/** Bytes of the numbers on the disk, of all views that heads are trained on. */
function bytesOf(data: DataSet): number {
  const { reader, keys } = openReader(data, 'none')
  return reader.places(keys).reduce((sum, { dtype }) => sum + reader.length * dtypeBytes(dtype), 0)
}

function nameOf(kinds: readonly OpenedKind[]): string {
  return toHeadName(`compare-${[...new Set(kinds.map(({ data }) => data.name))].join('-')}`)
}
