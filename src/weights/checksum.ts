import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { messageOf, UserError } from '../base/errors.js'
import type { Checksum } from './weight-source.js'

/** How a file's bytes compare with a checksum. `found`: as many digits as the checksum has. */
export async function compareChecksum(
  path: string,
  { algorithm, hex }: Checksum,
): Promise<{ readonly matches: boolean; readonly found: string }> {
  const found = (await hashFile(path, algorithm)).slice(0, hex.length)
  return { matches: hex !== '' && found === hex, found }
}

/**
 * The hash of a file in hex.
 *
 * @throws UserError when it cannot be read.
 */
export async function hashFile(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm)
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(bytes)
  } catch (error) {
    throw new UserError(`Expected to read ${path}, but that is not possible: ${messageOf(error)}. Check its permissions.`)
  }
  return hash.digest('hex')
}

/** A checksum in words. */
export function describeChecksum(checksum: Checksum | undefined): string {
  if (!checksum) return 'no checksum is published'
  const { algorithm, hex } = checksum
  return hex.length < 64 && algorithm === 'sha256' ? `sha256 begins with ${hex}` : `${algorithm} ${hex}`
}
