import type { CodedImage } from '../evaluate/data-set.js'

/**
 * The images to leave out so that every picture is there once: of each cluster all but the largest, on ties but the first by its path.
 * Of a cluster with several labels all: which of them is right nobody knows.
 *
 * @param clusters paths of images that show one picture, each in the order of paths.
 * @param pixelsOf how many pixels an image has, by its sha256; undefined where it is not known.
 */
export function toLeaveOut(
  clusters: readonly (readonly string[])[],
  images: readonly CodedImage[],
  pixelsOf: (sha256: string) => number | undefined,
): string[] {
  const known = new Map(images.map((image) => [image.path, image]))
  const sizeOf = (path: string) => pixelsOf(known.get(path)?.sha256 ?? '') ?? 0
  return clusters.flatMap((cluster) => {
    if (new Set(cluster.map((path) => known.get(path)?.label)).size > 1) return cluster
    const best = cluster.reduce((best, path) => (sizeOf(path) > sizeOf(best) ? path : best))
    return cluster.filter((path) => path !== best)
  })
}
