import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../base/errors.js'
import { writeAtomic } from '../base/write-atomic.js'
import { cachePaths } from '../cache/paths.js'
import type { DataSet } from './data-set.js'

/** Folder of fine-tuned backbones. */
export const tunedFolder = (cache: string) => join(cachePaths(cache).models, 'tuned-v1')

const listFile = (cache: string, model: string) => join(tunedFolder(cache), `${model}.images`)

/** Keeps which images a fine-tuned backbone was trained or chosen on. @param model its file's sha256. @param images sha256 in hex. */
export async function writeTunedImages(cache: string, model: string, images: ReadonlySet<string>): Promise<void> {
  await writeAtomic(listFile(cache, model), [...images].sort().join('\n'))
}

/** The images that a data set's backbone was fine-tuned on; none where it was not, or by another cache. */
export function tunedImages({ catalog, fingerprint }: Pick<DataSet, 'catalog' | 'fingerprint'>): ReadonlySet<string> {
  const { backbone }: { readonly backbone?: { readonly file?: string } } = JSON.parse(fingerprint.json)
  if (backbone?.file === undefined) return new Set()
  try {
    return new Set(readFileSync(listFile(catalog.cache, backbone.file), 'utf8').split('\n'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Set()
    throw error
  }
}

/** Says how many test images the backbone has learnt from: on these it is better than on others. */
export function noteTunedImages(data: DataSet, test: Int32Array, onNote: ((text: string) => void) | undefined): void {
  const seen = tunedImages(data)
  const count = test.reduce((sum, sample) => sum + (seen.has(data.images[sample]?.sha256 ?? '') ? 1 : 0), 0)
  if (count > 0)
    onNote?.(
      `${count} of ${test.length} test images are among those that the network was fine-tuned on: the accuracy is too high. Use the seed and the split of that fine-tuning.`,
    )
}
