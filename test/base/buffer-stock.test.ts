import { describe, expect, it } from 'vitest'
import { BufferStock } from '../../src/base/buffer-stock.js'

const lengths = (buffers: readonly ArrayBuffer[]) => buffers.map(({ byteLength }) => byteLength)

describe('BufferStock', () => {
  it('makes what it does not have', () => {
    const stock = new BufferStock()
    stock.give([new ArrayBuffer(8)])
    expect(lengths([stock.take(9), stock.take(8), stock.take(8), stock.take(0)])).toEqual([9, 8, 8, 0])
  })

  it('hands the smallest that is large enough out, each once', () => {
    const stock = new BufferStock()
    const [small, middle, large] = [new ArrayBuffer(4), new ArrayBuffer(8), new ArrayBuffer(16)]
    stock.give([large, small, middle])
    expect(stock.take(5)).toBe(middle)
    expect(stock.take(5)).toBe(large)
    expect(stock.take(5)).not.toBe(small)
    expect(stock.take(0)).toBe(small)
  })

  it('keeps eight, the last ones given', () => {
    const stock = new BufferStock()
    const buffers = Array.from({ length: 10 }, (_, at) => new ArrayBuffer(100 - at))
    stock.give(buffers.slice(0, 5))
    stock.give(buffers.slice(5))
    const taken = Array.from({ length: 9 }, () => stock.take(50))
    expect(lengths(taken)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 50])
    expect(taken.slice(0, 8).every((buffer) => buffers.includes(buffer))).toBe(true)
  })
})
