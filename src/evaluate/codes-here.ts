import { fetchShards } from '../cache/store/fetch-shards.js'
import type { DataSet } from './data-set.js'

/**
 * Sees to it that the codes of data sets are in the cache folder: those that lie in a bucket are fetched.
 *
 * @returns the data sets.
 * @throws UserError when they cannot be had; the catalogs are closed then.
 */
export async function codesHere<T extends DataSet | readonly DataSet[]>(
  opened: T,
  { onNote }: { readonly onNote?: ((text: string) => void) | undefined },
): Promise<T> {
  const sets: readonly DataSet[] = 'catalog' in opened ? [opened] : opened
  try {
    for (const { catalog, fingerprint, views, images } of sets) {
      const plain = images.map(({ sha256 }) => sha256)
      const kinds = [fingerprint, ...(views?.records ?? [])]
      const wanted = kinds.map((record) => ({ fingerprint: record, images: plain }))
      await fetchShards(catalog, wanted, onNote)
    }
    return opened
  } catch (error) {
    for (const { catalog } of sets) catalog.close()
    throw error
  }
}
