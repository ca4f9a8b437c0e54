import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { cachePaths } from '../../src/cache/paths.js'
import { decodeShard } from '../../src/cache/shard-file.js'

/** Every code that the catalog points to: sha256 of the image → dtype and the stored bytes in hex. */
export function storedCodes(cache: string, fingerprint: string): Map<string, string> {
  const catalog = openCatalog(cache)
  try {
    const record = catalog.codes.find(fingerprint)
    const places = record ? catalog.codes.places(record.id) : []
    return new Map(
      places.map(({ image, shard, row }) => {
        const { codes, length, dtype } = decodeShard(readFileSync(join(cachePaths(cache).shards(fingerprint), `${shard.digest}.arrow`)))
        const part = codes.subarray(row * length, (row + 1) * length)
        return [image, `${dtype} ${Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('hex')}`]
      }),
    )
  } finally {
    catalog.close()
  }
}

/** The code of each file of a data set as float32, by path. */
export function codesByPath(cache: string, fingerprint: string, root: string): Map<string, Float32Array> {
  const catalog = openCatalog(cache)
  try {
    const record = catalog.codes.find(fingerprint)
    const dataset = catalog.files.findDataset(root)
    if (!record || dataset === undefined) return new Map()
    const reader = new CodeReader(catalog, record)
    const isCoded = catalog.codes.lookup(record.digest)
    const files = catalog.files.files(dataset).flatMap(({ path, image }) => (image && isCoded(image) ? [{ path, image }] : []))
    return new Map(files.map(({ path, image }) => [path, reader.read([image])]))
  } finally {
    catalog.close()
  }
}
