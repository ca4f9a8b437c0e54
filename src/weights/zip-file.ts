import { unzipSync } from 'fflate'
import { messageOf } from '../base/errors.js'
import { unfoldedLimit } from './weight-file.js'

/** Members of a zip archive by name, unfolded. */
export type ZipMembers = ReadonlyMap<string, Uint8Array>

/**
 * Unfolds the members of a zip archive that are asked for, and no others.
 *
 * @throws Error when the bytes are no zip archive, are damaged, hold a name twice, or claim to unfold to more than `unfoldedLimit`.
 */
export function readZip(bytes: Uint8Array, isWanted: (name: string) => boolean): ZipMembers {
  const sizes = new Map<string, number>()
  let room = unfoldedLimit(bytes.length)
  const filter = ({ name, size, originalSize }: { name: string; size: number; originalSize: number }) => {
    if (!isWanted(name)) return false
    if (sizes.has(name)) throw new Error(`two members "${name}"`)
    sizes.set(name, originalSize)
    room -= Math.max(size, originalSize)
    if (room < 0)
      throw new Error(
        `a zip archive of ${bytes.length} bytes whose members unfold to more than weights ever do ("${name}": ${originalSize} bytes)`,
      )
    return true
  }
  const members = new Map(Object.entries(unzip(bytes, filter)))
  for (const [name, size] of sizes) {
    const found = members.get(name)?.length ?? 0
    if (found !== size) throw new Error(`${found} bytes in its member "${name}" where the archive speaks of ${size}`)
  }
  return members
}

function unzip(bytes: Uint8Array, filter: (member: { name: string; size: number; originalSize: number }) => boolean) {
  try {
    return unzipSync(bytes, { filter })
  } catch (error) {
    const reason = messageOf(error)
    throw new Error(reason === 'invalid zip data' ? 'no zip archive, or one that breaks off' : reason)
  }
}
