import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillImage } from '../../src/backbones/fill.js'
import { tempFolder } from './temp-folder.js'
import { tf } from './tfjs.js'
import { noiseFloats } from './tiny-graph.js'

/** The parts of a model.json before they are written. */
export interface TfjsParts {
  readonly json: { readonly weightsManifest: readonly { readonly paths: readonly string[] }[]; readonly [field: string]: unknown }
  readonly data: Uint8Array
}

/** Gives every weight of a layers model seeded noise around 0; what must be positive, around 1. */
export function fillModel(model: tf.LayersModel): tf.LayersModel {
  const filled = model.weights.map(({ name, shape }, at) => {
    const size = shape.reduce<number>((all, side) => all * (side ?? 1), 1)
    const shift = /gamma|variance/.test(name) ? 1 : 0
    return tf.tensor(
      noiseFloats(size, at + 1).map((value) => value + shift),
      shape.map((side) => side ?? 1),
    )
  })
  model.setWeights(filled)
  return model
}

/** A layers model as model.json has it, its weights in one shard. */
export async function partsOf(model: tf.LayersModel): Promise<TfjsParts> {
  let parts: TfjsParts | undefined
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const data = new Uint8Array(tf.io.concatenateArrayBuffers([weightData ?? []].flat()))
      const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }]
      parts = { json: { format: 'layers-model', modelTopology, weightsManifest }, data }
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  if (!parts) throw new Error('nothing was saved')
  return parts
}

/** Writes model.json and so many shards into a new folder; gives the path of model.json. */
export function writeTfjs({ json, data }: TfjsParts, shards = 1): string {
  const folder = tempFolder()
  const paths = Array.from({ length: shards }, (_, at) => `group1-shard${at + 1}of${shards}.bin`)
  const length = Math.ceil(data.length / shards)
  for (const [at, path] of paths.entries()) writeFileSync(join(folder, path), data.subarray(at * length, (at + 1) * length))
  const weightsManifest = json.weightsManifest.map((group) => ({ ...group, paths }))
  const path = join(folder, 'model.json')
  writeFileSync(path, JSON.stringify({ ...json, weightsManifest }))
  return path
}

/** The filler's image, [1, side, side, 3], pixels 0 … 255. */
export function imageTensor(side: number): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from(fillImage(side)), [1, side, side, 3])
}
