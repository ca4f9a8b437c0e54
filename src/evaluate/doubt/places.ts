import type { Features } from '../features.js'
import { eachSimilarities } from '../similarities.js'

/** Where an image lies among the others, by cosine of codes. */
export interface Place {
  /** Mean cosine to its nearest images. */
  readonly neighbours: number
  /** Mean cosine to the other images of its class; undefined where there is no other. */
  readonly own: number | undefined
  /** The other class that is nearest by mean cosine, −1 where there is none, and that mean. */
  readonly nearest: number
  readonly other: number
}

export interface PlacesTask {
  /** Class of each sample, [n]. */
  readonly labels: Int32Array
  readonly classes: number
  /** How many nearest images count. */
  readonly neighbours: number
}

/** The place of every sample: one product of all codes with all, in blocks. */
export async function placesOf(features: Features, { labels, classes, neighbours }: PlacesTask): Promise<readonly Place[]> {
  const all = Int32Array.from(labels.keys())
  const counts = new Float64Array(classes)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  const places: Place[] = []
  await eachSimilarities(features, all, all, ({ rows, columns, data }, from) => {
    for (let row = 0; row < rows; row++) {
      const cosines = data.subarray(row * columns, (row + 1) * columns)
      cosines[from + row] = Number.NEGATIVE_INFINITY // not its own neighbour
      places.push(placeOf(cosines, labels[from + row] ?? 0, { labels, counts, neighbours }))
    }
  })
  return places
}

interface Surroundings {
  readonly labels: Int32Array
  /** Images of each class. */
  readonly counts: Float64Array
  readonly neighbours: number
}

/** @param cosines of one image to all, that to itself −∞. */
function placeOf(cosines: ArrayLike<number> & Iterable<number>, label: number, { labels, counts, neighbours }: Surroundings): Place {
  const sums = new Float64Array(counts.length)
  const top = new Float64Array(neighbours).fill(Number.NEGATIVE_INFINITY) // descending
  for (let at = 0; at < labels.length; at++) {
    const cosine = cosines[at] as number
    if (cosine === Number.NEGATIVE_INFINITY) continue
    sums[labels[at] as number] = (sums[labels[at] as number] as number) + cosine
    if (cosine > (top[neighbours - 1] as number)) insert(top, cosine)
  }
  const means = sums.map((sum, at) => sum / ((counts[at] ?? 0) - (at === label ? 1 : 0)))
  const found = top.filter((cosine) => cosine > Number.NEGATIVE_INFINITY)
  const nearest = means.reduce((best, mean, at) => (at !== label && mean > (means[best] ?? Number.NEGATIVE_INFINITY) ? at : best), -1)
  return {
    neighbours: found.reduce((sum, cosine) => sum + cosine, 0) / Math.max(1, found.length),
    own: (counts[label] ?? 0) > 1 ? means[label] : undefined,
    nearest,
    other: means[nearest] ?? 0,
  }
}

/** Puts a number into a descending list in place of the last. */
function insert(list: Float64Array, value: number): void {
  let at = list.length - 1
  for (; at > 0 && (list[at - 1] as number) < value; at--) list[at] = list[at - 1] as number
  list[at] = value
}
