import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type TrainHeadOptions, trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import { fineTune } from '../../src/finetune/fine-tune.js'
import type { FineTuneOptions } from '../../src/finetune/fine-tune-options.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { readOnnx } from '../../src/graph/read-onnx.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { expectClose } from '../helpers/expect-close.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { modelFile, value } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

const data = await twoClasses(30)
const model = modelFile(threeConvolutions())
const usual = { data, model, mean: [127.5], scale: [127.5], dtype: 'float32', lr: 0.01, tailLr: 0.003, epochs: 12, batch: 8 } as const

async function tuned(options: Partial<FineTuneOptions> = {}) {
  const cache = tempFolder()
  return { cache, result: await fineTune({ ...usual, cache, last: 4, ...options }) }
}

const constants = ({ initializers }: Graph) => new Map([...initializers].map(([name, tensor]) => [name, [...(floatsOf(tensor) ?? [])]]))

describe('fineTune refuses', () => {
  const above = (): Graph => {
    const graph = threeConvolutions()
    const nodes = [...graph.nodes, node('Gelu', 'odd', ['top'])]
    return { ...graph, nodes, outputs: [value('odd')], opsets: new Map([['', 20]]) }
  }
  it.each<[string, Partial<FineTuneOptions>, string]>([
    [
      'a cut without weights behind it',
      { last: 1 },
      'Expected layers with weights behind the cut, found only "top". Give a larger --last, or an earlier --from.',
    ],
    [
      'an operator without gradient',
      { model: modelFile(above()), last: 3 },
      'Expected layers with a known gradient behind the first one that is trained, found Gelu in layer "odd". Train from a layer behind it.',
    ],
    [
      'an old operator set',
      { model: modelFile({ ...threeConvolutions(), opsets: new Map([['', 13]]) }) },
      'Expected a model of operator set 16 or later to train, found 13. Export it again with opset 17.',
    ],
    [
      'a head that is none',
      { head: 'dense:4' },
      'Expected softmax or sigmoid as the last layer at position 1 of --head "dense:4", got "dense:4". A head is a list such as "bn,dropout:0.5,dense:512:relu,softmax" or one of dense, keras-resnet, food, fastai.',
    ],
  ])('%s, before it reads an image', async (_, options, message) => {
    const cache = tempFolder()
    expect((await userErrorOf(() => fineTune({ ...usual, cache, last: 4, ...options }))).message).toBe(message)
    expect(existsSync(join(cache, 'codes-v1'))).toBe(false)
  })
})

describe('fineTune', () => {
  it('makes the loss smaller than the head alone can, and tells what it trained', async () => {
    const { result } = await tuned({ freezeEpochs: 1 })
    const frozen = await tuned({ freezeEpochs: 1, tailLr: 0 })
    expect(result).toMatchObject({ trainedParameters: 4 * 5 * 9 + 5 + 5 * 6 * 9, layer: 'top', codeLength: 24, solver: 'adam' })
    expect(result.tail).toEqual({ from: 'second', layers: ['second', 'middle', 'third', 'top'], lr: 0.003 })
    const last = (of: typeof result) => of.history.at(-1)?.loss ?? Number.NaN
    expect(last(result)).toBeLessThan(0.5 * last(frozen.result))
    expect(result.accuracy.test).toBeGreaterThanOrEqual(frozen.result.accuracy.test)
    expect(result.accuracy.test).toBeGreaterThan(result.frozen?.accuracy.test ?? 1)
  })

  it('changes the weights behind the cut and no others', async () => {
    const { result } = await tuned({ last: 2, epochs: 3 })
    const [old, now] = [constants(threeConvolutions()), constants(await readOnnx(result.modelFile ?? ''))]
    const changed = [...old].flatMap(([name, values]) => (String(now.get(name)) === String(values) ? [] : [name]))
    expect(changed).toEqual(['third/weight'])
    expect([...now.keys()].sort()).toEqual([...old.keys()].sort())
  })

  it.each<[string, Partial<FineTuneOptions>, TrainHeadOptions]>([
    ['as train-head does by default', {}, {}],
    ['likewise, layers of its own', { head: 'bn,dense:5:relu,softmax' }, { head: 'bn,dense:5:relu,softmax' }],
    ['for some epochs', { freezeEpochs: 3 }, { solver: 'adam', lr: 0.01, epochs: 3, batch: 8 }],
  ])('begins with the head that was trained on the network as it was, %s', async (_, options, headOptions) => {
    const { cache, result } = await tuned({ epochs: 1, ...options })
    const { accuracy, l2, epochs, solver } = await trainHead({
      data,
      cache,
      model,
      layer: 'top',
      perClass: 100,
      name: 'plain',
      ...headOptions,
    })
    const order = 1e-6 // of the sums over the images
    expect(result.frozen).toMatchObject({ accuracy, epochs, solver })
    expectClose([result.frozen?.l2 ?? 0], [l2 ?? 0], { relative: order })
  })

  it('begins with any head where the frozen stage is left out', async () => {
    const { cache, result } = await tuned({ epochs: 1, freezeEpochs: 0 })
    expect(result.frozen).toBe(null)
    const { runs } = await extractSeveral({ ...usual, models: [model], layers: ['y', 'top'], cache, batch: undefined })
    expect(runs.map(({ computed }) => computed)).toEqual([0, 60])
  })

  it('keeps weights and head that it began with where no epoch is better on the validation images', async () => {
    const { result } = await tuned({ epochs: 2, monitor: 'val-accuracy' })
    expect(result).toMatchObject({ kept: 0, epochs: 2, accuracy: result.frozen?.accuracy })
    expect(constants(await readOnnx(result.modelFile ?? ''))).toEqual(constants(threeConvolutions()))
  })

  it('trains on cached views, and computes those that are missing', async () => {
    const { cache, result } = await tuned({ epochs: 2, views: 3, augment: 'flip,rotate:20' })
    expect(result.settings).toMatchObject({ views: 3, augment: 'flip,rotate:20', augmentSeed: 0 })
    const plain = await fineTune({ ...usual, cache, last: 4, epochs: 2 })
    expect(plain.history).not.toEqual(result.history)
    const { views } = await extractCodes({ ...usual, cache, layer: 'y', views: 3, augment: 'flip,rotate:20', batch: undefined })
    expect(views.map(({ computed }) => computed)).toEqual([0, 0, 0])
  })

  it.each(['none', 'avg', 'max', 'concat'] as const)('writes a model whose codes, pooled by %s, the head was trained on', async (pool) => {
    const { cache, result } = await tuned({ pool, epochs: 3, head: 'bn,dense:6:relu,dropout:0.2,softmax' })
    const codes = await extractCodes({ data, cache, model: result.modelFile ?? '', dtype: 'float32' })
    expect(codes).toMatchObject({ fingerprint: result.fingerprint, codeShape: [2, 2, 6], size: 8, computed: 60 })
    expect(result.codeLength).toBe({ none: 24, avg: 6, max: 6, concat: 12 }[pool])
  })

  it('takes what the cache has: a second training computes no code', async () => {
    const { cache } = await tuned({ epochs: 2 })
    const seen: number[] = []
    await fineTune({ ...usual, cache, last: 4, epochs: 2, onImages: ({ computed }) => seen.push(computed) })
    expect(Math.max(0, ...seen)).toBe(0)
  })

  it('gives the same numbers again', async () => {
    const options = { head: 'dropout:0.3,dense:8:relu,softmax', clipNorm: 0.5, schedule: 'cosine', solver: 'momentum' } as const
    const [first, second] = [await tuned(options), await tuned(options)]
    expect(second.result.history).toEqual(first.result.history)
    expect(second.result.frozen).toEqual(first.result.frozen)
    expect(second.result.fingerprint).toBe(first.result.fingerprint)
  })
})
