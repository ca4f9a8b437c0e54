import { trainHead } from '../../src/evaluate/train-head.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { imageFolder } from './image-folder.js'
import { tempFolder } from './temp-folder.js'
import { convolution, modelFile } from './tiny-graph.js'

export interface TinyBundle {
  readonly cache: string
  /** The bundle's folder. */
  readonly bundle: string
  /** Folder of its images: class/0.png, class/1.png, … */
  readonly data: string
}

/** A head on codes of a tiny network with random weights, as `codes` and `train-head` leave it. */
export async function tinyBundle(counts: Readonly<Record<string, number>> = { ant: 10, bee: 10, cow: 10 }): Promise<TinyBundle> {
  const [data, cache] = [await imageFolder(counts), tempFolder()]
  await extractSeveral({ data, cache, models: [modelFile(convolution())], workers: 1 })
  const { bundle } = await trainHead({ data, cache, pool: 'avg', name: 'tiny' })
  if (bundle === null) throw new Error('Expected a saved head')
  return { cache, bundle, data }
}
