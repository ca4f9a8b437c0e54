import { realpathSync } from 'node:fs'
import { seededRandom } from '../../src/base/random.js'
import { openCatalog } from '../../src/cache/catalog.js'
import type { FileRecord } from '../../src/cache/file-table.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { hashOf, identity as usual } from './code-identity.js'
import { tempFolder } from './temp-folder.js'

export interface CodedClasses {
  /** Images of each class. */
  readonly counts: Readonly<Record<string, number>>
  /** The code's shape. */
  readonly shape: readonly number[]
  /** Distance between the classes against noise of 1. */
  readonly signal?: number
  readonly part?: (index: number) => FileRecord['part']
  /** Images lie in no class folder: ant-0.png, ant-1.png, …; default false. */
  readonly flat?: boolean
  /** Default net.onnx. */
  readonly model?: string
  /** Default y. */
  readonly layer?: string
  /** Paths that the codes refuse. */
  readonly refused?: readonly string[]
  /** A folder and cache to add to. */
  readonly into?: { readonly data: string; readonly cache: string }
}

/** A cache with float32 codes of a made-up data set, as a completed `codes` leaves it: a direction per class, and noise. */
export async function codedDataSet({ counts, shape, signal = 2, part, flat = false, into, ...kind }: CodedClasses) {
  const { model = 'net.onnx', layer = usual.layer, refused = [] } = kind
  const identity = model === 'net.onnx' ? { ...usual, layer } : { ...usual, layer, backbone: { file: hashOf(model) } }
  const { data, cache } = into ?? { data: tempFolder(), cache: tempFolder() }
  const length = shape.reduce((product, side) => product * side, 1)
  const random = seededRandom(7)
  const files: FileRecord[] = []
  const codes: number[] = []
  for (const [label, count] of Object.entries(counts)) {
    const direction = Array.from({ length }, () => random() - 0.5)
    for (let i = 0; i < count; i++) {
      const image = hashOf(`${label}/${i}`)
      const [path, folder] = flat ? [`${label}-${i}.png`, ''] : [`${label}/${i}.png`, label]
      files.push({ path, label: folder, part: part?.(i), stamp: undefined, hashed: undefined, image })
      for (const value of direction) codes.push(value * signal + random() - 0.5)
    }
  }
  const catalog = openCatalog(cache)
  const writer = new ShardWriter(catalog, identity)
  await writer.add({ images: files.map(({ image }) => image ?? ''), shape, dtype: 'float32', codes: Float32Array.from(codes) })
  await writer.close()
  const dataset = catalog.files.addDataset(realpathSync(data))
  catalog.files.updateFiles(dataset, { vanished: catalog.files.files(dataset).map(({ path }) => path), files })
  const fingerprint = catalog.codes.add(identity, shape)
  catalog.runs.add({ dataset, fingerprint: fingerprint.id, model, started: 0, finished: 1, details: {} })
  const records = refused.map((path) => ({ path, cause: 'damaged', reason: 'cut', stamp: undefined }))
  catalog.files.replaceQuarantine(dataset, fingerprint.digest, records)
  catalog.close()
  return { data, cache, files, fingerprint }
}
