import { describe, expect, it } from 'vitest'
import { preprocessingOf } from '../../src/extract/code-identity.js'
import type { NetworkSetup, WorkerSetup } from '../../src/extract/messages.js'
import { WorkerPool } from '../../src/extract/worker-pool.js'
import { node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { noisePng } from '../helpers/image-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf } from '../helpers/tiny-graph.js'

const input = { order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] } as const
const network: NetworkSetup = {
  model: writeOnnx(convolution()),
  on: { engine: 'onnx', provider: 'cpu' },
  size: 8,
  layout: 'nchw',
  fixedBatch: undefined,
  preprocessing: { ...preprocessingOf({ ...emptyBackbone(), input }, {}) },
}
const setupOf = (change: Partial<NetworkSetup> = {}): WorkerSetup => ({ threads: 1, networks: [{ ...network, ...change }] })

/** All images of a batch, by one network. */
const all = (images: readonly Uint8Array[]) => [{ images: [...images.keys()], dtype: 'float16' as const }]

function emptyBackbone() {
  return { name: '', identity: { file: '' }, graph: convolution(), layer: 'y', size: 8, layout: 'nchw', batch: undefined } as const
}

describe('WorkerPool', () => {
  it('does not start where one thread cannot load the network', async () => {
    const broken = writeOnnx(graphOf([node('Conv', 'y', ['image', 'nowhere'])], {}))
    await expect(WorkerPool.start(setupOf({ model: broken }), { coders: 6 })).rejects.toThrow("Node input 'nowhere' is not a graph input")
  })

  it('says what the user can mend as the thread says it', async () => {
    const on = { engine: 'tensorflow', provider: 'cpu' } as const
    const error = await userErrorOf(() => WorkerPool.start(setupOf({ on }), { coders: 1 }))
    expect(error.message).toMatch(/^Expected @tensorflow\/tfjs-node-gpu or @tensorflow\/tfjs-node for --engine tensorflow, found neither/)
  })

  it('closes at once after a start, and finishes what it had begun', async () => {
    await (await WorkerPool.start(setupOf(), { coders: 2 })).close()
    const pool = await WorkerPool.start(setupOf(), { coders: 2 })
    expect(pool.size).toBe(2)
    const images = await Promise.all([1, 2, 3].map((seed) => noisePng(seed)))
    const results = Promise.all(Array.from({ length: 6 }, () => pool.code(images, all(images))))
    const [found] = await Promise.all([results, pool.close()])
    expect(found.flatMap(({ results }) => results).map(({ codes, shape, refused }) => [codes.length, shape, refused])).toEqual(
      Array(6).fill([3 * 144, [4, 6, 6], []]),
    )
  })

  it('rejects a batch when a thread has ended', async () => {
    const pool = await WorkerPool.start(setupOf(), { coders: 2 })
    await pool.close()
    await expect(pool.code([await noisePng(1)], all([await noisePng(1)]))).rejects.toThrow(
      /^Expected the worker to stay alive, but it ended with code 0$/,
    )
  })

  it('rejects a batch that fails, and goes on', async () => {
    const pool = await WorkerPool.start(setupOf({ size: 9 }), { coders: 1 })
    const image = await noisePng(1)
    await expect(pool.code([image], all([image]))).rejects.toThrow(/invalid dimensions/)
    await expect(pool.code([image], all([image]))).rejects.toThrow(/invalid dimensions/)
    const text = [Buffer.from('text')]
    expect((await pool.code(text, all(text))).results).toMatchObject([{ shape: [], refused: [{ at: 0, cause: 'format' }] }])
    await pool.close()
  })
})
