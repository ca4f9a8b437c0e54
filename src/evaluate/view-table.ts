import { randomAt, streamKey } from '../base/counter-random.js'
import type { CodeViews } from './code-views.js'

/** Images in as many views as `count`: sample v · images + i is view v of image i. */
export interface ViewTable {
  readonly images: number
  readonly count: number
}

/** The views of a data set; undefined where there is the plain one alone. */
export function viewTable({ images, views }: { readonly images: readonly unknown[]; readonly views?: CodeViews | undefined }) {
  return views && { images: images.length, count: views.records.length + 1 }
}

/** Some samples of plain images in all views, or where there are no others as they are: [views · samples], the plain ones first. */
export function inAllViews(samples: Int32Array, { views }: { readonly views?: ViewTable | undefined }): Int32Array {
  if (!views) return samples
  return Int32Array.from({ length: samples.length * views.count }, (_, at) => {
    const view = Math.floor(at / samples.length)
    return view * views.images + (samples[at % samples.length] ?? 0)
  })
}

/** One view of each of some plain samples, drawn by (seed, epoch, sample) and nothing else. */
export function drawViews(samples: Int32Array, { images, count }: ViewTable, { seed, epoch }: { seed: number; epoch: number }): Int32Array {
  const key = streamKey(seed, epoch)
  return samples.map((sample) => Math.floor(randomAt(key, sample) * count) * images + sample)
}
