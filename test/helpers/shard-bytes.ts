import { encodeShard, type ShardContent } from '../../src/cache/shard-file.js'

/** A shard in one piece. */
export async function shardBytes(content: ShardContent): Promise<Buffer> {
  return Buffer.concat((await encodeShard(content)).pieces)
}
