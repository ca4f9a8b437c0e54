import { resolve, sep } from 'node:path'
import { isInBucket } from '../../base/bucket-address.js'
import { imageLoader } from '../../extract/image-loader.js'
import type { CardImage } from '../page/cards.js'
import { makeThumbnails } from '../page/thumbnails.js'

/** An image of a data folder as a card shows it. */
export type ImageOf = (path: string) => CardImage

/** Thumbnails of images below a data folder, or a place in a bucket; paths that lead out of it are not followed. */
export async function dataThumbnails(root: string, paths: readonly string[]): Promise<ImageOf> {
  return isInBucket(root) ? bucketThumbnails(root, paths) : folderThumbnails(root, paths)
}

async function bucketThumbnails(root: string, paths: readonly string[]): Promise<ImageOf> {
  const load = imageLoader(root)
  const thumbnails = await makeThumbnails(paths, { read: async (path) => (await load(path)).bytes })
  return (path) => ({ path, thumbnail: thumbnails.get(path) })
}

async function folderThumbnails(root: string, paths: readonly string[]): Promise<ImageOf> {
  const base = resolve(root)
  const placeOf = (path: string) => resolve(base, path)
  const isBelow = (path: string) => placeOf(path).startsWith(base.endsWith(sep) ? base : base + sep)
  const thumbnails = await makeThumbnails(paths.filter(isBelow).map(placeOf))
  return (path) => ({
    path,
    thumbnail: isBelow(path) ? thumbnails.get(placeOf(path)) : { kind: 'missing', reason: 'Not in the data folder.' },
  })
}
