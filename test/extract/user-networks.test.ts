import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSession } from '../../src/engine/onnx-session.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { expectClose } from '../helpers/expect-close.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, integers, modelFile, noise, tensor, value } from '../helpers/tiny-graph.js'

/** Runs the slow stage into a new cache; gives its result and the codes by path. */
async function codesOf(graph: Graph, data: string, options: { batch?: number; layer?: string } = {}) {
  const [cache, model] = [tempFolder(), modelFile(graph)]
  const result = await extractCodes({ data, cache, model, workers: 1, ...options })
  return { result, cache, codes: codesByPath(cache, result.fingerprint, data) }
}

describe('a network that cannot be used', () => {
  const refused = (layer: string, images: string, says: string) =>
    `Expected net.onnx to run up to layer "${layer}" on ${images} of 8 × 8, but the engine refuses it: ${says}. Check --size and --layer, or export the model again.`
  const perImage = (layer: string, found: string) =>
    `Expected layer "${layer}" of net.onnx to give numbers for each image, found ${found}. Choose another one with --layer.`
  it.each<[string, Graph, string]>([
    [
      'a missing tensor',
      graphOf([node('Conv', 'y', ['image', 'nowhere'])], {}, { outputs: [value('y', ['n', 4, 6, 6])] }),
      refused('y', '2 images', "Invalid model. Node input 'nowhere' is not a graph input, initializer, or output of a previous node"),
    ],
    [
      'an unknown operator',
      graphOf([node('Konv', 'y', ['image'])], {}, { inputs: [value('image', [1, 3, 8, 8])] }),
      refused(
        'y',
        '1 image',
        'This is an invalid model. In Node, ("y", Konv, "", -1) : ("image": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Konv with domain_version of 17',
      ),
    ],
    [
      'shapes that do not fit',
      graphOf([node('Conv', 'y', ['image', 'w'])], { w: noise([4, 5, 3, 3]) }, { outputs: [value('y', ['n', 4, 6, 6])] }),
      refused(
        'y',
        '2 images',
        "Non-zero status code returned while running Conv node. Name:'y_nchwc' Status Message: Input channels C is not equal to kernel channels * group. C: 3 kernel channels: 5 group: 1",
      ),
    ],
    [
      'integers at its end',
      graphOf([node('Shape', 'y', ['image'])], {}, { outputs: [value('y', [4], 'int64')] }),
      refused('y', '2 images', "Expected float32 from the network's output y, got int64"),
    ],
    [
      'rows that are no images',
      graphOf([node('Flatten', 'f', ['image']), node('Transpose', 'y', ['f'])], {}),
      perImage('y', '[192, 2] for 2'),
    ],
    [
      'one number for all',
      graphOf([node('ReduceSum', 'y', ['image'], { keepdims: { kind: 'int', value: 0 } })], {}),
      perImage('y', '[] for 2'),
    ],
    [
      'an end that does not depend on the image',
      graphOf([node('Cast', 'y', ['w'], { to: { kind: 'int', value: 1 } })], { w: integers(1, 2) }),
      perImage('y', 'that it does not depend on the image'),
    ],
  ])('is refused in one sentence: %s', async (_, graph, message) => {
    const data = await imageFolder({ a: 1 })
    const [model, cache] = [modelFile(graph), tempFolder()]
    // Many threads: a thread's failing while others load once ended the process.
    const error = await userErrorOf(() => extractCodes({ data, cache, model, workers: 8 }))
    expect(error.message).toBe(message)
  })
})

describe('codes of a network', () => {
  it('are its outputs on the resized images, channels last', async () => {
    const data = await imageFolder({ a: 0 })
    put(data, 'a/1.png', await noisePng(5, { side: 8 }))
    const { result, codes } = await codesOf(convolution(), data)
    expect(result.codeShape).toEqual([6, 6, 4])
    const sharp = (await import('sharp')).default
    const pixels = await sharp(join(data, 'a/1.png')).removeAlpha().raw().toBuffer()
    const planes = Float32Array.from({ length: 192 }, (_, at) => pixels[(at % 64) * 3 + Math.floor(at / 64)] ?? Number.NaN)
    const session = await createSession(writeOnnx(convolution()), 1)
    const { data: output } = await session.run(planes, [1, 3, 8, 8])
    await session.release()
    const expected = Float32Array.from(output, (_, at) => output[(at % 4) * 36 + Math.floor(at / 4)] ?? Number.NaN)
    expectClose(codes.get('a/1.png') ?? [], expected, { relative: 2 ** -11, absolute: 2 ** -24 })
  })

  it('are kept as float32 from the batch on that float16 cannot hold', async () => {
    const data = tempFolder()
    for (let i = 0; i < 3; i++) put(data, `a/${i}.png`, await noisePng(i, { to: 100 }))
    put(data, 'b/bright.png', await noisePng(9, { from: 200 }))
    // Sum over a 8 × 8 × 3 image of values up to 255, times 5: up to 244,800.
    const graph = graphOf([node('Conv', 'y', ['image', 'w'])], { w: tensor([1, 3, 8, 8], Array(192).fill(5)) })
    const { result, cache, codes } = await codesOf(graph, data, { batch: 1 })
    expect(result).toMatchObject({ computed: 4, quarantined: 0, dtype: 'float32' })
    expect([...storedCodes(cache, result.fingerprint).values()].map((code) => code.split(' ')[0]).sort()).toEqual([
      'float16',
      'float16',
      'float16',
      'float32',
    ])
    const [bright = 0] = codes.get('b/bright.png') ?? []
    expect(bright).toBeGreaterThan(65_504)
    // Whole numbers below 2^24 are exact in float32: only a sum of pixels times 5 is one of them.
    expect(bright % 5).toBe(0)
  })

  it('that are not finite quarantine their image, and only that', async () => {
    const data = await imageFolder({ a: 3 })
    put(data, 'b/black.png', await noisePng(1, { to: 0 }))
    // 0 / 0 for a black image
    const graph = graphOf([node('GlobalAveragePool', 'mean', ['image']), node('Div', 'y', ['mean', 'mean'])], {})
    const { result } = await codesOf(graph, data)
    expect(result).toMatchObject({ images: 4, computed: 3, quarantined: 1, codeShape: [1, 1, 3] })
    expect(result.quarantine).toEqual([
      { path: 'b/black.png', cause: 'not-finite', reason: 'The network gave NaN or infinite numbers for it.' },
    ])
  })

  it('are the same for a fixed batch, filled up', async () => {
    const data = await imageFolder({ a: 5 })
    const free = await codesOf(convolution(), data)
    const fixed = await codesOf(convolution({ inputs: [value('image', [2, 3, 8, 8])], outputs: [value('y', [2, 4, 6, 6])] }), data)
    expect(fixed.result).toMatchObject({ computed: 5, codeShape: [6, 6, 4] })
    expect(fixed.codes).toEqual(free.codes)
    const bad = await imageFolder({ a: 4 })
    put(bad, 'a/00.png', 'text')
    expect((await codesOf(convolution({ inputs: [value('image', [3, 3, 8, 8])] }), bad)).result).toMatchObject({
      computed: 4,
      quarantined: 1,
    })
  })

  it('are the same whether the file tells its rank or not, and takes channels first or last', async () => {
    const data = await imageFolder({ a: 3 })
    const plain = await codesOf(convolution(), data)
    const unknown = await codesOf(convolution({ outputs: [value('y')] }), data)
    const first = node('Transpose', 'first', ['image'], { perm: { kind: 'ints', value: [0, 3, 1, 2] } })
    const { nodes } = convolution()
    const renamed = nodes.map((each) => ({ ...each, inputs: each.inputs.map((name) => (name === 'image' ? 'first' : name)) }))
    const last = await codesOf(convolution({ inputs: [value('image', ['n', 8, 8, 3])], nodes: [first, ...renamed] }), data)
    for (const other of [unknown, last]) {
      expect(other.result.codeShape).toEqual([6, 6, 4])
      expect(other.codes).toEqual(plain.codes)
    }
  })

  it('of a layer that is already channels last are left as they are', async () => {
    const data = await imageFolder({ a: 2 })
    const { nodes } = convolution()
    const transpose = node('Transpose', 'last', ['y'], { perm: { kind: 'ints', value: [0, 2, 3, 1] } })
    const last = await codesOf(convolution({ nodes: [...nodes, transpose], outputs: [value('last', ['n', 6, 6, 4])] }), data)
    expect(last.result.codeShape).toEqual([6, 6, 4])
    expect(last.codes).toEqual((await codesOf(convolution(), data)).codes)
  })

  it('share a fingerprint whether the layer is named by its node or its tensor', async () => {
    const data = await imageFolder({ a: 1 })
    const graph = graphOf([{ ...node('Relu', 'relu', ['image']), outputs: ['relu_out'] }, node('Neg', 'y', ['relu_out'])], {})
    const [cache, model] = [tempFolder(), modelFile(graph)]
    const runs = []
    for (const layer of ['relu', 'relu_out']) runs.push(await extractCodes({ data, cache, model, layer, workers: 1 }))
    expect(runs.map(({ computed, layer }) => [computed, layer])).toEqual([
      [1, 'relu'],
      [0, 'relu'],
    ])
  })
})
