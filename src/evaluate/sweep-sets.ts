import { once } from '../base/once.js'
import { pooledShape } from '../cache/pool-codes.js'
import type { DataSet } from './data-set.js'
import { type Features, openFeatures } from './features.js'
import type { HeadOptions } from './head-options.js'
import type { Leak } from './leaks.js'
import { featureOptions } from './measure-head.js'
import { type SeriesKey, seriesNames } from './series.js'
import type { Split } from './split.js'
import type { Subsample } from './subsample.js'
import type { SweepPoint } from './sweep-point.js'
import type { HeadSetting } from './sweep-series.js'
import { sweepSize } from './sweep-size.js'
import type { SweepSize } from './sweep-sizes.js'

/** The sub-samples of one size. */
export interface SizedSamples {
  readonly size: SweepSize
  readonly subsamples: readonly Subsample[]
}

export interface SweptSeries extends SeriesKey {
  readonly fingerprint: string
}

/** What all series have in common. */
export interface Sweep {
  readonly parts: Split
  /** Test images that are left out of a second accuracy. */
  readonly leaks: readonly Leak[]
  readonly samples: readonly SizedSamples[]
  readonly options: Pick<HeadOptions, 'onProgress'>
}

interface Swept {
  readonly series: SweptSeries
  readonly points: readonly SweepPoint[]
}

/** Sweeps every head on every kind of codes. What heads with one view of the codes share is opened once, and let go before the next. */
export async function sweepSets(sets: readonly DataSet[], settings: readonly HeadSetting[], sweep: Sweep): Promise<Swept[]> {
  const all = sets.flatMap((data) => settings.map((setting) => ({ data, setting, key: keyOf(data, setting) })))
  const names = seriesNames(all.map(({ key }) => key))
  const swept: Swept[] = []
  let opened: { readonly view: string; readonly features: () => Promise<Features> } | undefined
  for (const [at, { data, setting, key }] of all.entries()) {
    const view = viewOf(data, setting)
    if (opened?.view !== view) opened = undefined // or two would be in memory while this one is opened
    opened ??= { view, features: once(() => openFeatures(data, featureOptions(setting.options))) }
    const told = all.length === 1 ? '' : `${names[at]}, `
    const onSize = (size: string, share: number) => sweep.options.onProgress?.(`${told}${size}`, (at + share) / all.length)
    swept.push(await sweepSeries({ data, setting, key, features: opened.features, onSize }, sweep))
  }
  return swept
}

function keyOf({ model, layer }: DataSet, { pool, head, solver }: HeadSetting) {
  return { model, layer, pool, head, solver }
}

/** The same for views that are the same: codes without positions have one. */
export function viewOf({ fingerprint: { digest, shape } }: DataSet, { pool }: Pick<HeadSetting, 'pool'>): string {
  return `${digest} ${pooledShape(shape, pool) === shape ? 'none' : pool}`
}

interface SeriesJob {
  readonly data: DataSet
  readonly setting: HeadSetting
  readonly key: ReturnType<typeof keyOf>
  readonly features: () => Promise<Features>
  readonly onSize: (size: string, share: number) => void
}

async function sweepSeries({ data, setting, key, features, onSize }: SeriesJob, { parts, leaks, samples }: Sweep): Promise<Swept> {
  const options = { ...setting.options, onProgress: undefined } // a head's own progress would be in the way of the sweep's
  const points: SweepPoint[] = []
  for (const { size, subsamples } of samples) {
    const { chosen, ...measured } = await sweepSize(subsamples, { data, parts, leaks, options, features })
    const [first] = subsamples
    const trainImages = first?.samples.length ?? 0
    points.push({
      ...key,
      perClass: size.unit === 'per-class' ? size.count : trainImages / parts.classes.length,
      total: size.unit === 'total' ? size.count : null,
      trainImages,
      meanPerClass: trainImages / parts.classes.length,
      shortClasses: first?.shortClasses ?? 0,
      repeats: measured.accuracies.length,
      ...measured,
      l2: chosen.l2 ?? options.l2 ?? null,
    })
    onSize(size.unit === 'total' ? `${size.count} images` : `${size.count} per class`, points.length / samples.length)
  }
  return { series: { ...key, fingerprint: data.fingerprint.digest }, points }
}
