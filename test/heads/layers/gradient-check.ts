import { expect } from 'vitest'
import { type Matrix, matrix } from '../../../src/engine/gemm.js'
import { Chain } from '../../../src/heads/layers/chain.js'
import type { Blocks, Layer } from '../../../src/heads/layers/layer.js'
import { u } from '../reference-codes.js'

/** Numbers in (−1, 1), others for each k. */
export function randomMatrix(rows: number, columns: number, k: number): Matrix {
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, (_, i) => 2 * u(k, i) - 1),
  )
}

/** Blocks of columns of random numbers. */
export const randomBlocks = (rows: number, widths: readonly number[], k: number): Matrix[] =>
  widths.map((width, at) => randomMatrix(rows, width, k + at))

const training = { training: true, key: 5 } as const
const plainStep = { rate: 1, number: 1, scale: 1, l1: 0, l2: 0 }
const h = 1e-2

/**
 * Expects the gradients of Σ r · output, r random, by a layer with respect to its input and its parameters to be those of central
 * differences (1e-3 of their length; all in float32), and its squared norm that of the parameters' gradient. The layer has plain SGD,
 * by whose step of rate 1 the gradient is seen.
 */
export async function expectGradients(layer: Layer | Chain, input: readonly Matrix[]): Promise<void> {
  const forward = async () => layer.forward(input.map(copied), training)
  const weights = (await forward()).map(({ rows, columns }, at) => randomMatrix(rows, columns, 70 + at))
  const objective = async () => sumOfProducts(await forward(), weights)
  const numeric = async (values: Float32Array) => {
    const slopes = new Float64Array(values.length)
    for (const [i, value] of values.entries()) {
      values[i] = value + h
      const above = await objective()
      values[i] = value - h
      slopes[i] = (above - (await objective())) / (2 * h)
      values[i] = value
    }
    return slopes
  }

  await forward()
  const back = await layer.backward(weights.map(copied), true)
  const found = await parameterGradients(layer)
  for (const [at, block] of input.entries()) expectNear(back[at]?.data ?? [], await numeric(block.data), `input ${at}`)
  for (const { name, values, gradient } of found) expectNear(gradient, await numeric(values), name)
}

/** The gradient of each parameter: what a step of rate 1 takes off it. */
async function parameterGradients(layer: Layer | Chain) {
  const parameters = (layer instanceof Chain ? layer.layers : [layer]).flatMap((one) => Object.entries(one.parameters))
  const before = parameters.map(([, { values }]) => values.slice())
  const squares = await layer.squaredNorm()
  await layer.update([plainStep])
  const found = parameters.map(([name, { values }], at) => {
    const old = before[at] ?? new Float32Array()
    const gradient = old.map((value, i) => value - (values[i] ?? 0))
    values.set(old)
    return { name, values, gradient }
  })
  const sum = found.flatMap(({ gradient }) => [...gradient]).reduce((total, value) => total + value ** 2, 0)
  expect(Math.abs(squares - sum), 'squared norm').toBeLessThanOrEqual(1e-4 * sum)
  return found
}

function expectNear(found: ArrayLike<number>, wanted: Float64Array, name: string): void {
  expect(found.length, name).toBe(wanted.length)
  const distance = Math.hypot(...wanted.map((value, i) => value - (found[i] ?? Number.NaN)))
  expect(distance, `distance of the gradient of ${name}`).toBeLessThanOrEqual(1e-3 * Math.hypot(...wanted))
}

const copied = ({ rows, columns, data }: Matrix): Matrix => matrix(rows, columns, data.slice())

function sumOfProducts(blocks: Blocks, weights: Blocks): number {
  return blocks.reduce((sum, { data }, at) => data.reduce((total, value, i) => total + value * (weights[at]?.data[i] ?? 0), sum), 0)
}
