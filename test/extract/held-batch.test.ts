import { describe, expect, it } from 'vitest'
import { summary } from '../../src/commands/codes-summary.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import { elementTypes, type Graph, node, type Tensor, type ValueInfo } from '../../src/graph/graph.js'
import { imageFolder } from '../helpers/image-folder.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, integers, modelFile, value } from '../helpers/tiny-graph.js'

const double = (number: number): Tensor => ({ type: 'float64', dims: [], bytes: new Uint8Array(Float64Array.of(number).buffer) })
const to = (type: 'float64' | 'int64') => ({ to: { kind: 'int', value: elementTypes[type] } as const })

/** The means of the colours. */
const means = graphOf([node('GlobalAveragePool', 'y', ['image'])], {})

/**
 * The same by a network that needs 40 MB for a batch of `holds` images and (n / holds)^exponent times as much for one of n, 168 TB at most.
 * That is more than a process can address, so that the request fails at once and everywhere; exponent 22: from twice the images on.
 */
function hungry(holds: number, { exponent = 22, images = 'n' as NonNullable<ValueInfo['dims']>[number] } = {}): Graph {
  const nodes = [
    node('GlobalAveragePool', 'mean', ['image']),
    node('Shape', 'shape', ['image']),
    node('Gather', 'batch', ['shape', 'first']),
    node('Cast', 'images', ['batch'], to('float64')),
    node('Div', 'share', ['images', 'holds']),
    node('Pow', 'power', ['share', 'exponent']),
    node('Mul', 'floats', ['power', 'most']),
    node('Min', 'asked', ['floats', 'limit']),
    node('Cast', 'length', ['asked'], to('int64')),
    node('ConstantOfShape', 'room', ['length']),
    node('ReduceSum', 'zero', ['room'], { keepdims: { kind: 'int', value: 0 } }),
    node('Add', 'y', ['mean', 'zero']),
  ]
  const constants = {
    first: integers(0),
    holds: double(holds),
    exponent: double(exponent),
    most: double(1e7),
    limit: double(1e7 * 2 ** 22),
  }
  return graphOf(nodes, constants, { inputs: [value('image', [images, 3, 8, 8])] })
}

const says = 'found too little: Failed to allocate memory for requested buffer of size'
const remedy = 'Use a smaller --size, fewer --workers or another --device.'

describe('a batch that memory does not hold', () => {
  it('is halved, and gives the codes that single images give', async () => {
    const [data, cache] = [await imageFolder({ a: 40, b: 24 + 7 }), tempFolder()]
    const model = modelFile(hungry(32))
    const result = await extractSeveral({ data, cache, models: [model], batch: 64, workers: 1 })
    const [run] = result.runs
    expect(run).toMatchObject({ computed: 71, quarantined: 0, heldBatch: 32 })
    expect(summary(result, 'Next')).toContain(', 32 images at a time (memory did not hold more)\n')
    const single = await extractCodes({ data, cache: tempFolder(), model, batch: 1, workers: 1 })
    expect(single.heldBatch).toBeNull()
    const alone = tempFolder()
    const plain = await extractCodes({ data, cache: alone, model: modelFile(means), batch: 1, workers: 1 })
    const found = storedCodes(cache, run?.fingerprint ?? '')
    expect(found.size).toBe(71)
    expect(found).toEqual(storedCodes(alone, plain.fingerprint))
  })

  it('is halved again and again, by each network for itself', async () => {
    const [data, cache] = [await imageFolder({ a: 19 }), tempFolder()]
    const result = await extractSeveral({ data, cache, models: [modelFile(hungry(2)), modelFile(means)], batch: 16, workers: 1 })
    expect(result.runs.map(({ computed, heldBatch }) => [computed, heldBatch])).toEqual([
      [19, 2],
      [19, null],
    ])
    const [halved, whole] = result.runs.map(({ fingerprint }) => storedCodes(cache, fingerprint))
    expect(halved).toEqual(whole)
    const text = summary(result, 'Next').split('\n').map((line) => line.includes('images at a time')) // biome-ignore format: one list
    expect(text).toEqual([false, true, false, false])
  })

  it('ends the run with what to do where it is one image', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    // Two images, with which a network is tried, take 40 MB; one takes 168 TB.
    const model = modelFile(hungry(2, { exponent: -22 }))
    const error = await userErrorOf(() => extractCodes({ data, cache, model, workers: 1 }))
    expect(error.message).toBe(`Expected memory for one image of 8 × 8 pixels at a time, ${says} 167772160000000. ${remedy}`)
  })

  it('ends the run before it begins where the network never runs', async () => {
    const data = await imageFolder({ a: 1 })
    const error = await userErrorOf(() => extractCodes({ data, cache: tempFolder(), model: modelFile(hungry(1)), workers: 1 }))
    expect(error.message).toBe(`Expected memory for 2 images of 8 × 8 pixels at a time, ${says} 167772160000000. ${remedy}`)
  })

  it('ends the run where the network fixes it', async () => {
    const data = await imageFolder({ a: 1 })
    const model = modelFile(hungry(2, { images: 4 }))
    const error = await userErrorOf(() => extractCodes({ data, cache: tempFolder(), model, workers: 1 }))
    expect(error.message).toBe(`Expected memory for 4 images of 8 × 8 pixels at a time, ${says} 167772160000000. ${remedy}`)
  })
})
