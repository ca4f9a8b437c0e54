import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../../src/backbones/resolve-backbone.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runBackbone } from '../../helpers/run-backbone.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { imageTensor } from '../../helpers/tfjs-model.js'
import { type GraphNode, graphFile } from './graph-file.js'

/** The files of ../../fixtures/tfjs-models/graph-model.json in a folder; the path of model.json. */
function fixturePath(): string {
  const { files } = JSON.parse(readFileSync(new URL('../../fixtures/tfjs-models/graph-model.json', import.meta.url), 'utf8'))
  const folder = tempFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), gunzipSync(Buffer.from(`${content}`, 'base64')))
  return join(folder, 'model.json')
}

/** The model as tfjs loads it. */
async function loaded(path: string): Promise<tf.GraphModel> {
  const json = JSON.parse(readFileSync(path, 'utf8'))
  const [{ paths, weights }] = json.weightsManifest
  const data = Buffer.concat(paths.map((shard: string) => readFileSync(join(dirname(path), shard))))
  const weightData = new Uint8Array(data).buffer
  return tf.loadGraphModel({ load: async () => ({ ...json, weightSpecs: weights, weightData }) })
}

/** Expects that nodes give what tfjs gives. */
async function check(path: string, names: readonly string[], input: string): Promise<void> {
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

const known = new Set(['Const', 'Placeholder', 'Shape', 'StridedSlice', 'Pack'])

describe('a graph model', () => {
  it('that TensorFlow made gives at every node what tfjs gives', async () => {
    const path = fixturePath()
    const nodes: GraphNode[] = JSON.parse(readFileSync(path, 'utf8')).modelTopology.node
    const names = nodes.filter(({ op }) => !known.has(op)).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(25)
    await check(path, names, 'image')
  })

  it('ends where its signature says', async () => {
    const backbone = await resolveBackbone(fixturePath())
    expect(backbone).toMatchObject({ name: 'model.json', layer: 'Identity', size: 16, layout: 'nchw', batch: undefined })
    expect((await runBackbone(backbone)).dims).toEqual([1, 5])
  })
})
void graphFile
