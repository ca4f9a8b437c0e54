import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { tf } from '../../helpers/tfjs.js'
import { imageTensor } from '../../helpers/tfjs-model.js'

/** Expects that nodes of a graph model give what tfjs gives for the filler's image of 16 × 16. */
export async function checkGraph(path: string, names: readonly string[], input: string): Promise<void> {
  const model = await loaded(path)
  for (const layer of names) {
    const wanted = model.execute({ [input]: imageTensor(16) }, layer)
    if (!(wanted instanceof tf.Tensor)) throw new Error(`no single tensor from ${layer}`)
    const { data, dims } = await runBackbone(await resolveBackbone(path, { layer }))
    expect(dims, layer).toEqual(wanted.shape)
    const values = await wanted.data()
    expectClose(data, values, { relative: 1e-4, absolute: 1e-5 * Math.max(...Array.from(values, Math.abs)) })
  }
}

/** The model as tfjs loads it. */
async function loaded(path: string): Promise<tf.GraphModel> {
  const json = JSON.parse(readFileSync(path, 'utf8'))
  const [{ paths, weights }] = json.weightsManifest
  const data = Buffer.concat(paths.map((shard: string) => readFileSync(join(dirname(path), shard))))
  const weightData = new Uint8Array(data).buffer
  return tf.loadGraphModel({ load: async () => ({ ...json, weightSpecs: weights, weightData }) })
}
