import { realpathSync } from 'node:fs'
import { openCatalog } from '../../src/cache/catalog.js'
import type { Dtype } from '../../src/cache/dtype.js'
import type { FileRecord } from '../../src/cache/file-table.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { hashOf, identity } from './code-identity.js'
import { tempFolder } from './temp-folder.js'

/** Names that break careless writers and readers. */
export const hostilePaths = [
  'a/plain.png',
  'a/=1+1.png',
  '=cmd/"quoted", and a comma.png',
  'a/line\nbreak\r.png',
  'b/ñ 猫 \u202e;\t.png',
  "b/it's -0.png",
]

/** Of float16 every number is exactly one; of float32 none of the first three is. −0, the smallest and the largest are among them. */
const numbers = {
  float16: [-0, 65504, 2 ** -24, -0.333251953125, 0, 1],
  float32: [0.1, 3.4028234663852886e38, 2 ** -149, -0, 65504, -1e-7],
}

export const hostileShape = [3, 1, 2]

/** A cache with codes of a data set of hostile names, the last path's in float32 where `dtype` is mixed; one image has two files. */
export async function hostileDataSet(dtype: Dtype | 'mixed') {
  const [data, cache] = [tempFolder(), tempFolder()]
  const catalog = openCatalog(cache)
  const writer = new ShardWriter(catalog, identity, { made: async () => ({ engine: 'onnx', cpu: 'Test "1"' }) })
  for (const [at, path] of hostilePaths.entries()) {
    const own = dtype === 'mixed' ? (at === hostilePaths.length - 1 ? 'float32' : 'float16') : dtype
    const singles = Float32Array.from(numbers[own].map((_, i, all) => all[(i + at) % all.length] ?? 0))
    const halves = new Uint16Array(singles.length)
    toFloat16Plain(singles, halves)
    await writer.add({ images: [hashOf(path)], shape: hostileShape, dtype: own, codes: own === 'float16' ? halves : singles })
  }
  await writer.close()
  const file = (path: string, image: string): FileRecord => {
    return {
      path,
      label: path.split('/')[0] ?? '',
      part: path.startsWith('b') ? 'test' : undefined,
      stamp: undefined,
      hashed: undefined,
      image,
    }
  }
  const files = [...hostilePaths.map((path) => file(path, hashOf(path))), file('b/copy.png', hashOf('a/plain.png'))]
  const dataset = catalog.files.addDataset(realpathSync(data))
  catalog.files.keepFiles(dataset, files)
  const fingerprint = catalog.codes.add(identity, hostileShape)
  catalog.runs.add({ dataset, fingerprint: fingerprint.id, model: 'net.onnx', started: 0, finished: 1, details: {} })
  catalog.close()
  return { data, cache, files, fingerprint }
}
