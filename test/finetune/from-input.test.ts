import { describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { fineTune } from '../../src/finetune/fine-tune.js'
import type { FineTuneOptions } from '../../src/finetune/fine-tune-options.js'
import { ints } from '../../src/graph/attributes.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { readOnnx } from '../../src/graph/read-onnx.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { expectClose } from '../helpers/expect-close.js'
import { labelFile } from '../helpers/label-file.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { modelFile, value } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

const data = await twoClasses(30)
const model = modelFile(threeConvolutions())
const usual = { data, model, mean: [127.5], scale: [127.5], dtype: 'float32', lr: 0.01, tailLr: 0.003, batch: 8, from: 'input' } as const

async function tuned(options: Partial<FineTuneOptions> = {}) {
  const cache = tempFolder()
  return { cache, result: await fineTune({ ...usual, epochs: 4, cache, ...options }) }
}

const losses = ({ history }: Awaited<ReturnType<typeof fineTune>>) => history.map(({ loss }) => loss)

/** The same network for images [n, 8, 8, 3], its output [n, 2, 2, 6]. */
function channelsLast(): Graph {
  const { nodes, ...graph } = threeConvolutions()
  const first = node('Transpose', 'turned', ['pixels'], { perm: ints([0, 3, 1, 2]) })
  const last = node('Transpose', 'back', ['top'], { perm: ints([0, 2, 3, 1]) })
  const inner = nodes.map((each) => ({ ...each, inputs: each.inputs.map((name) => (name === 'image' ? 'turned' : name)) }))
  return { ...graph, inputs: [value('pixels', ['n', 8, 8, 3])], nodes: [first, ...inner, last], outputs: [value('back')] }
}

describe('fineTune --from input', () => {
  it('trains every layer, from images that are cached as codes', async () => {
    const { cache, result } = await tuned({ epochs: 12 })
    expect(result).toMatchObject({ trainedParameters: 4 * 28 + 5 * 37 + 6 * 45, layer: 'top', codeLength: 24 })
    expect(result.tail).toMatchObject({ from: 'conv', lr: 0.003 })
    const [old, now] = [threeConvolutions(), await readOnnx(result.modelFile ?? '')]
    for (const [name, tensor] of old.initializers)
      expect([...(floatsOf(now.initializers.get(name) ?? tensor) ?? [])], name).not.toEqual([...(floatsOf(tensor) ?? [])])
    const frozen = await tuned({ epochs: 12, tailLr: 0 })
    expect(losses(result).at(-1)).toBeLessThan(0.5 * (losses(frozen.result).at(-1) ?? 0))
    const codes = await extractCodes({ data, cache, model: result.modelFile ?? '', dtype: 'float32' })
    expect(codes).toMatchObject({ fingerprint: result.fingerprint, codeShape: [2, 2, 6] })
  })

  it('is what the first layer and the number of all layers mean', async () => {
    const { result } = await tuned()
    for (const options of [{ from: 'conv' }, { from: undefined, last: 6 }]) {
      const other = await tuned(options)
      expect(losses(other.result), JSON.stringify(options)).toEqual(losses(result))
    }
  })

  it('shares the images with whatever network takes the same ones', async () => {
    const { cache, result } = await tuned({ epochs: 2 })
    const computed = async (options: Partial<FineTuneOptions>) => {
      const seen = [0]
      await fineTune({ ...usual, epochs: 2, freezeEpochs: 0, cache, onImages: (progress) => seen.push(progress.computed), ...options })
      return Math.max(...seen)
    }
    expect(await computed({ model: result.modelFile ?? '', mean: undefined, scale: undefined })).toBe(0)
    expect(await computed({ model: modelFile(channelsLast()) })).toBe(0)
    expect(await computed({ mean: [128] })).toBe(60)
  })

  it('keeps pixels that float16 holds as they are: the same numbers from half the bytes', async () => {
    const exact = { mean: [128], scale: [128], freezeEpochs: 0 }
    const [whole, half] = [await tuned(exact), await tuned({ ...exact, dtype: 'float16' })]
    expect(losses(half.result)).toEqual(losses(whole.result))
    const rounded = await tuned({ dtype: 'float16' })
    expectClose(losses(rounded.result), losses((await tuned()).result), { relative: 0.02 })
  })

  it('learns from more images than fit into the memory', async () => {
    // 38 images of 768 bytes; three quarters of the memory are theirs, an eighth must hold a batch.
    const { message } = await userErrorOf(() => tuned({ batch: 4, memory: 20_000 }))
    expect(message).toMatch(/^Expected the memory for codes to hold a batch of 4, 3072 bytes, found \d+\. Use a larger --memory, /)
    const [whole, little] = [await tuned({ batch: 4, epochs: 8 }), await tuned({ batch: 4, epochs: 8, memory: 30_000 })]
    expect(losses(little.result)).not.toEqual(losses(whole.result)) // windows have an order of their own
    expect(losses(little.result).at(-1)).toBeLessThan(0.7 * (losses(little.result)[0] ?? 0))
  })
})

describe('fineTune', () => {
  it.each<[string, Partial<FineTuneOptions>]>([
    ['from the images on', {}],
    ['from a layer on', { from: 'second' }],
  ])('trains a network of images [n, h, w, 3] as it does the one of [n, 3, h, w], %s', async (_, options) => {
    const [first, last] = [await tuned(options), await tuned({ ...options, model: modelFile(channelsLast()) })]
    expectClose(losses(last.result), losses(first.result), { relative: 1e-4 })
    expect(last.result).toMatchObject({ codeLength: 24, layer: 'back', trainedParameters: first.result.trainedParameters })
    const again = { data, cache: last.cache, model: last.result.modelFile ?? '', dtype: 'float32' } as const
    expect(await extractCodes(again)).toMatchObject({ fingerprint: last.result.fingerprint, codeShape: [2, 2, 6] })
  })

  it('trains for images of several labels', async () => {
    const names = Array.from({ length: 30 }, (_, at) => at)
    const labels = labelFile(names.flatMap((at) => [`dark/${at}.png,${at % 3 === 0 ? 'dark;third' : 'dark'}`, `light/${at}.png,light`]))
    const { result } = await tuned({ from: 'second', labels, head: 'sigmoid', epochs: 12 })
    expect(result).toMatchObject({ multiLabel: true, classes: 3, labelFile: labels })
    const frozen = await tuned({ from: 'second', labels, head: 'sigmoid', epochs: 12, tailLr: 0 })
    expect(losses(result).at(-1)).toBeLessThan(0.8 * (losses(frozen.result).at(-1) ?? 0))
    expect(result.frozen?.solver).toBe('lbfgs')
  })
})
