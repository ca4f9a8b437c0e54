import { clauseOf } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import { type KnownSpeed, leastRunImages, runSpeed } from '../cache/run-speed.js'
import { scanImages } from '../images/scan-images.js'
import { measureTargets } from './measure-speed.js'
import type { ExtractSeveralOptions } from './options.js'
import { repeatTarget } from './repeat-target.js'
import type { Target } from './target.js'

/** runs: what completed runs tell; measured: measured now, all in turns; auto: measured where no run tells it. */
export const speedSources = ['auto', 'runs', 'measured'] as const

export type SpeedSource = (typeof speedSources)[number]

export interface KindSpeedsOptions extends Pick<ExtractSeveralOptions, 'cache' | 'classes' | 'excludeClasses' | 'exclude' | 'signal'> {
  /** Default auto. */
  readonly speed?: SpeedSource | undefined
}

interface Asked {
  readonly catalog: Catalog
  /** Of the data folder. */
  readonly root: string
}

/** How fast each kind of codes is made; where that cannot be known, a sentence says why. */
export async function kindSpeeds(
  records: readonly FingerprintRecord[],
  { catalog, root }: Asked,
  options: KindSpeedsOptions = {},
): Promise<KnownSpeed[]> {
  const { speed = 'auto' } = options
  const known = records.map(({ id }) => (speed === 'measured' ? undefined : runSpeed(catalog, { id, root })))
  const open = records.filter((_, at) => known[at] === undefined)
  const found = speed === 'runs' ? open.map(() => notTold) : await measured(open, { catalog, root }, options)
  let next = 0
  return known.map((one) => one ?? found[next++] ?? notTold)
}

const unknown = (speedNote: string): KnownSpeed => ({ imagesPerSecond: null, speedFrom: null, speedNote })

const notTold = unknown(`no run on this CPU made these codes alone, of ${leastRunImages} images or more`)

async function measured(
  records: readonly FingerprintRecord[],
  { catalog, root }: Asked,
  options: KindSpeedsOptions,
): Promise<KnownSpeed[]> {
  if (records.length === 0) return []
  const { signal } = options
  const results: (KnownSpeed | Target)[] = []
  for (const record of records) results.push(await targetOf(record, { catalog, signal }))
  const targets = results.filter(isTarget)
  try {
    const speeds =
      targets.length === 0 ? [] : await measureTargets(targets, await scanImages(root, catalog.cache), { ...options, data: root })
    return results.map((one) => (isTarget(one) ? told(speeds[targets.indexOf(one)]?.imagesPerSecond ?? 0) : one))
  } catch (error) {
    signal?.throwIfAborted()
    const reason = unknown(`measuring it failed: ${clauseOf(error)}`)
    return results.map((one) => (isTarget(one) ? reason : one))
  }
}

const isTarget = (one: KnownSpeed | Target): one is Target => 'backbone' in one

const told = (imagesPerSecond: number) =>
  imagesPerSecond > 0
    ? ({ imagesPerSecond, speedFrom: 'measured', speedNote: 'measured in this run, on images of the data folder' } as const)
    : unknown('none of the sample of the data folder could be read')

function targetOf(record: FingerprintRecord, { catalog, signal }: Pick<Asked, 'catalog'> & { signal: AbortSignal | undefined }) {
  return repeatTarget(record, { catalog, signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    return unknown(`its network cannot be had again: ${clauseOf(error)}`)
  })
}
