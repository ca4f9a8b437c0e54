import { createHash } from 'node:crypto'

/**
 * The place of an image in a seeded ranking: sha256 of `SEED:…:SHA256` in hex, compared as text.
 *
 * It depends on the image's content alone, so names, folders and order change no split.
 */
export function rankHash(keys: readonly (string | number)[], sha256: string): string {
  return createHash('sha256')
    .update(`${keys.join(':')}:${sha256}`)
    .digest('hex')
}
