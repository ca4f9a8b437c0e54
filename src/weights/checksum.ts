import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Checksum } from './weight-source.js'

/** How a file's bytes compare with a checksum. `found`: as many digits as the checksum has. */
export async function compareChecksum(
  path: string,
  { algorithm, hex }: Checksum,
): Promise<{ readonly matches: boolean; readonly found: string }> {
  const hash = createHash(algorithm)
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(bytes)
  const found = hash.digest('hex').slice(0, hex.length)
  return { matches: hex !== '' && found === hex, found }
}

/** A checksum in words. */
export function describeChecksum(checksum: Checksum | undefined): string {
  if (!checksum) return 'no checksum is published'
  const { algorithm, hex } = checksum
  return hex.length < 64 && algorithm === 'sha256' ? `sha256 begins with ${hex}` : `${algorithm} ${hex}`
}
