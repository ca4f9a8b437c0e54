import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { type CodeWindow, type CodeWindowOptions, openCodeWindows } from '../../src/cache/code-windows.js'
import { writeShard } from '../../src/cache/write-shard.js'
import { toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const shape = [2, 1, 3]
const codeOf = (n: number) => Array.from({ length: 6 }, (_, i) => n + i / 8)

/** A reader of codes of images 0 to 99, stored backwards in shards of 30 rows. */
async function readerOf(options: { dtype?: 'float16' | 'float32'; pool?: 'avg' | undefined } = {}) {
  const { dtype = 'float16', pool } = options
  const catalog = openCatalog(tempFolder())
  const names = Array.from({ length: 100 }, (_, n) => 99 - n)
  for (let from = 0; from < names.length; from += 30) {
    const some = names.slice(from, from + 30)
    const numbers = Float32Array.from(some.flatMap(codeOf))
    const codes = dtype === 'float16' ? new Uint16Array(numbers.length) : numbers
    if (codes instanceof Uint16Array) toFloat16Plain(numbers, codes)
    const images = Buffer.from(some.map(hashOf).join(''), 'hex')
    await writeShard(catalog, { identity, shape, dtype, images, views: new Uint16Array(some.length), codes })
  }
  return new CodeReader(catalog, catalog.codes.add(identity, shape), { pool })
}

const images = Array.from({ length: 100 }, (_, n) => hashOf(n))
const even = Int32Array.from({ length: 50 }, (_, n) => 2 * n)

/** The windows of an epoch: samples in the order of training, and a copy of each row's first number. */
async function epochOf(reader: CodeReader, options: CodeWindowOptions, epoch = 0) {
  const { count, windows } = openCodeWindows(reader, { images, samples: even }, options)
  const told: { order: number[]; firsts: number[]; window: CodeWindow }[] = []
  for await (const window of windows(epoch)) {
    const { dtype, buffer, columns, samples, order } = window
    const codes = dtype === 'float16' ? new Uint16Array(buffer) : new Float32Array(buffer)
    const firsts = Array.from(order, (row) => codes[row * columns] ?? Number.NaN)
    told.push({ order: Array.from(order, (row) => samples[row] ?? Number.NaN), firsts, window })
  }
  return { count, told, order: told.flatMap(({ order }) => order) }
}

const numeric = (a: number, b: number) => a - b
const half = (value: number) => {
  const bits = new Uint16Array(1)
  toFloat16Plain(Float32Array.of(value), bits)
  return bits[0]
}

describe('openCodeWindows', () => {
  it('keeps all in one window where it fits, and shuffles all of it anew for every epoch', async () => {
    const reader = await readerOf()
    const { windows, count } = openCodeWindows(reader, { images, samples: even }, { memory: 50 * 12, seed: 3 })
    expect(count).toBe(1)
    const orders: number[][] = []
    for (const epoch of [0, 1]) {
      for await (const { dtype, columns, rows, buffer, samples, order } of windows(epoch)) {
        expect({ dtype, columns, rows, bytes: buffer.byteLength }).toEqual({ dtype: 'float16', columns: 6, rows: 50, bytes: 600 })
        expect([...samples]).toEqual([...even].reverse()) // the order of storage
        const codes = new Uint16Array(buffer)
        expect(Array.from(samples, (sample, row) => codes[row * 6] === half(sample))).toEqual(new Array(50).fill(true))
        orders.push(Array.from(order, (row) => samples[row] ?? -1))
      }
    }
    expect(orders.map((order) => [...order].sort(numeric))).toEqual([[...even], [...even]])
    expect(orders[0]).not.toEqual(orders[1])
  })

  it.each([
    ['float16', undefined, 12, half],
    ['float32', undefined, 24, (value: number) => value],
    ['float16', 'avg', 12, (value: number) => value + 3 / 16],
  ] as const)('goes through every sample once in windows under the memory: %s, pool %s', async (dtype, pool, rowBytes, stored) => {
    const reader = await readerOf({ dtype, pool: pool && 'avg' })
    const { count, told, order } = await epochOf(reader, { memory: 20 * rowBytes + 5, seed: 1, batch: 4 })
    expect([count, told.map(({ window }) => window.rows)]).toEqual([3, [20, 20, 10]])
    expect([...order].sort(numeric)).toEqual([...even])
    for (const { order, firsts, window } of told) {
      expect(window.buffer.byteLength).toBeLessThanOrEqual(20 * rowBytes)
      expect(firsts).toEqual(order.map((sample) => stored(sample)))
    }
  })

  it('gives the same order for the same seed and epoch, others for others, and mixes the windows', async () => {
    const reader = await readerOf()
    const [first, again, epoch, seed] = [
      await epochOf(reader, { memory: 240, seed: 1 }),
      await epochOf(reader, { memory: 240, seed: 1 }),
      await epochOf(reader, { memory: 240, seed: 1 }, 1),
      await epochOf(reader, { memory: 240, seed: 2 }),
    ]
    expect(again.order).toEqual(first.order)
    expect(epoch.order).not.toEqual(first.order)
    expect(seed.order).not.toEqual(first.order)
    expect(Math.max(...first.told.map(({ order }) => Math.max(...order) - Math.min(...order)))).toBeGreaterThan(60)
  })

  it('shuffles one window alike however the codes are stored', async () => {
    const [one, other] = [await readerOf(), await readerOf()]
    const reversed = { images: [...images], samples: even.slice().reverse() }
    const { windows } = openCodeWindows(other, reversed, { memory: 1e6, seed: 5 })
    const { order } = await epochOf(one, { memory: 1e6, seed: 5 })
    for await (const window of windows(0)) expect(Array.from(window.order, (row) => window.samples[row])).toEqual(order)
  })

  it('refuses memory for less than a batch', async () => {
    const reader = await readerOf()
    const error = await userErrorOf(() => openCodeWindows(reader, { images, samples: even }, { memory: 100, seed: 0, batch: 10 }))
    expect(error.message).toBe(
      'Expected the memory for codes to hold a batch of 10, 120 bytes, found 100. Use a larger --memory, a smaller --batch, or --pool avg.',
    )
  })
})
