import { readFile } from 'node:fs/promises'
import { messageOf, UserError } from '../base/errors.js'
import { insideFolder } from '../base/inside-folder.js'
import type { TfjsGroup } from './tfjs-manifest.js'
import { groupBytes } from './tfjs-weights.js'

/** An address or an absolute path. */
const leaves = /^([a-z][a-z\d+.-]*:|[\\/])/i

/**
 * The bytes of a group's files, one behind the other.
 *
 * @param folder of the model; nothing outside it is read.
 * @throws UserError when a file is elsewhere, missing or not readable, or all together have another length than their weights.
 */
export async function readShards(group: TfjsGroup, folder: string): Promise<Buffer> {
  const paths = group.paths.map((path) => {
    if (!leaves.test(path)) return insideFolder(path, folder, 'shard')
    throw new UserError(
      `Expected the model's shards inside ${folder}, found "${path}" in its weightsManifest. Only files beside the model are read.`,
    )
  })
  const shards = await Promise.all(paths.map(readShard))
  const [wanted, found] = [groupBytes(group), shards.reduce((sum, shard) => sum + shard.length, 0)]
  if (found === wanted) return Buffer.concat(shards)
  const sizes = paths.map((path, at) => `${path} (${shards[at]?.length} bytes)`).join(', ')
  throw new UserError(`Expected ${wanted} bytes of weights in ${sizes}, found ${found}. Copy the whole model again.`)
}

async function readShard(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UserError(`Expected a shard of the model at ${path}, but it cannot be read: ${messageOf(error)}. Copy the whole model again.`)
  }
}
