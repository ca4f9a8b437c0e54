import { product } from '../../base/product.js'
import type { Constant, ConstantData } from './recorded-tensor.js'

/** A constant with its axes in another order. */
export function transposeConstant({ dtype, shape, data }: Constant, perm: readonly number[]): Constant {
  const steps = shape.map((_, axis) => product(shape.slice(axis + 1)))
  const [turned, turnedSteps] = [perm.map((axis) => shape[axis] ?? 1), perm.map((axis) => steps[axis] ?? 1)]
  const target = like(data, data.length)
  const place = turned.map(() => 0)
  let from = 0
  for (let to = 0; to < target.length; to++) {
    target[to] = data[from] as number // hot loop: the place is in range
    for (let axis = turned.length - 1; axis >= 0; axis--) {
      const [side, step] = [turned[axis] as number, turnedSteps[axis] as number]
      from += step
      place[axis] = (place[axis] as number) + 1
      if ((place[axis] as number) < side) break
      place[axis] = 0
      from -= side * step
    }
  }
  return { dtype, shape: turned, data: target }
}

/** The part of a constant from `from` on, `length` long, along an axis. */
export function sliceConstant({ dtype, shape, data }: Constant, axis: number, [from, length]: readonly [number, number]): Constant {
  const [rows, inner, side] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1)), shape[axis] ?? 1]
  const target = like(data, rows * length * inner)
  for (let row = 0; row < rows; row++) {
    const start = (row * side + from) * inner
    target.set(data.subarray(start, start + length * inner), row * length * inner)
  }
  return { dtype, shape: shape.with(axis, length), data: target }
}

function like(data: ConstantData, length: number): ConstantData {
  if (data instanceof Float32Array) return new Float32Array(length)
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length)
}

/** The order of axes that one order and then another one make. */
export function composedOrder(first: readonly number[], then: readonly number[]): number[] {
  return then.map((axis) => first[axis] ?? 0)
}

/** Whether an order moves no axis but such of length 1, so that the numbers stay where they are. */
export function movesNothing(shape: readonly number[], perm: readonly number[]): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1)
  return long.every((axis, at) => at === 0 || axis > (long[at - 1] ?? 0))
}
