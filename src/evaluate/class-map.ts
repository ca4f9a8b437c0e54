import { messageOf } from '../base/errors.js'
import { openExistingCatalog } from '../cache/catalog.js'
import { CodeReader } from '../cache/code-reader.js'
import { type Plane, principalPlane } from './principal-plane.js'
import type { TestResults } from './test-results.js'

/** Where the mean codes of classes lie to each other. */
export interface ClassMap {
  readonly places: readonly { readonly label: string; readonly x: number; readonly y: number }[]
  /** Shares of the variance among the means along x and y. */
  readonly explained: Plane['explained']
  /** Images that the means are of. */
  readonly images: number
}

/** Images whose codes are in memory at once. */
const BLOCK = 256

/**
 * The first two principal components of the classes' mean pooled codes, by the test images; an image of several labels counts for each.
 *
 * @returns why there is none, as a sentence, where codes are missing or classes are fewer than three.
 */
export function classMap(cache: string, fingerprint: string, results: TestResults): ClassMap | string {
  const catalog = openExistingCatalog(cache)
  try {
    const record = catalog?.codes.find(fingerprint)
    if (!catalog || !record) return `${cache} has no codes of this network.`
    const reader = new CodeReader(catalog, record, { pool: 'avg' })
    const means = meanCodes(reader, results)
    if (means.labels.length < 3) return `A map needs three classes with codes; ${cache} has those of ${means.labels.length}.`
    const { places, explained } = principalPlane(means.codes)
    const named = means.labels.map((label, at) => ({ label, x: places[at]?.[0] ?? 0, y: places[at]?.[1] ?? 0 }))
    return { places: named, explained, images: means.images }
  } catch (error) {
    return `The codes cannot be read: ${messageOf(error)}`
  } finally {
    catalog?.close()
  }
}

interface Means {
  readonly labels: readonly string[]
  /** [labels, D] */
  readonly codes: readonly (readonly number[])[]
  readonly images: number
}

function meanCodes(reader: CodeReader, { classes, rows }: TestResults): Means {
  const labelsOf = new Map(rows.map(({ image, labels }) => [image, labels]))
  const sums = new Map(classes.map((label) => [label, { count: 0, sum: new Float64Array(reader.length) }]))
  const images = reader.stored(labelsOf.keys())
  for (let from = 0; from < images.length; from += BLOCK) {
    const some = images.slice(from, from + BLOCK)
    const codes = reader.read(some)
    for (const [row, image] of some.entries()) {
      for (const label of labelsOf.get(image) ?? []) addTo(sums.get(label), codes.subarray(row * reader.length, (row + 1) * reader.length))
    }
  }
  const known = [...sums].filter(([, { count }]) => count > 0)
  return {
    labels: known.map(([label]) => label),
    codes: known.map(([, { count, sum }]) => Array.from(sum, (value) => value / count)),
    images: images.length,
  }
}

function addTo(mean: { count: number; sum: Float64Array } | undefined, code: Float32Array): void {
  if (!mean) return
  mean.count++
  for (let i = 0; i < code.length; i++) mean.sum[i] = (mean.sum[i] as number) + (code[i] as number)
}
