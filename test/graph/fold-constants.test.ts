import { expect, it } from 'vitest'
import { foldConstants } from '../../src/graph/fold-constants.js'
import { node, type Tensor } from '../../src/graph/graph.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { graphOf, integers, noise, tensor } from '../helpers/tiny-graph.js'

const halves = (values: readonly number[]): Tensor => {
  const bits = new Uint16Array(values.length)
  toFloat16Plain(Float32Array.from(values), bits)
  const padded = new Uint8Array(values.length * 2 + 1)
  padded.set(new Uint8Array(bits.buffer), 1)
  return { type: 'float16', dims: [values.length], bytes: padded.subarray(1) } // not aligned, as in a file
}
const to = (type: number) => ({ to: { kind: 'int', value: type } }) as const

it('makes constants of nodes that hand constants on, whatever their order of kinds', () => {
  const graph = graphOf(
    [
      node('Cast', 'wide', ['half'], to(1)),
      node('Identity', 'same', ['wide']),
      node('Constant', 'given', [], { value: { kind: 'tensor', value: tensor([1], [3]) } }),
      node('Add', 'sum', ['image', 'same']),
      node('Cast', 'cast', ['sum'], to(1)),
      node('Cast', 'narrow', ['given'], to(10)),
      node('Cast', 'counted', ['count'], to(1)),
      node('Identity', 'y', ['cast']),
    ],
    { half: halves([0.5, -2, 1e-7]), count: integers(3), other: noise([2]) },
  )
  const folded = foldConstants(graph)
  expect(folded.nodes.map(({ name }) => name)).toEqual(['sum', 'cast', 'narrow', 'counted', 'y'])
  const constant = (name: string) => {
    const found = folded.initializers.get(name)
    return found && { type: found.type, dims: found.dims, values: [...(floatsOf(found) ?? [])] }
  }
  const wide = { type: 'float32', dims: [3], values: [0.5, -2, Math.fround(1.1920928955078125e-7)] }
  expect([constant('wide'), constant('same')]).toEqual([wide, wide])
  expect(constant('given')).toEqual({ type: 'float32', dims: [1], values: [3] })
  expect(graph.initializers.size).toBe(3)
})
