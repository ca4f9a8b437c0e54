import { describe, expect, it } from 'vitest'
import { lbfgsDirection, type Pair } from '../../src/heads/lbfgs.js'
import { type Point, plus, times } from '../../src/heads/point.js'
import { expectClose } from '../helpers/expect-close.js'

const hessian = [
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 2],
]
const point = (...bias: number[]): Point => ({ weights: [], bias })
const inner = (a: Point, b: Point) => a.bias.reduce((sum, value, k) => sum + value * (b.bias[k] ?? 0), 0)
const multiply = ({ bias }: Point) => point(...hessian.map((row) => row.reduce((sum, value, k) => sum + value * (bias[k] ?? 0), 0)))
const pair = (step: Point): Pair => ({ step, change: multiply(step) })

describe('lbfgsDirection', () => {
  it('is the steepest descent without pairs', () => {
    expect(lbfgsDirection(point(1, -2, 3), [], inner)).toEqual(point(-1, 2, -3))
  })
  it('satisfies the secant equation of the last pair: H y = s', () => {
    const pairs = [pair(point(1, 0, 0)), pair(point(1, 2, -1))]
    expectClose(lbfgsDirection(multiply(point(1, 2, -1)), pairs, inner).bias, [-1, -2, 1], { absolute: 1e-12 })
  })
  it('minimises a quadratic function of 3 variables in 4 exact steps', () => {
    let here = point(0, 0, 0)
    const pairs: Pair[] = []
    for (let k = 0; k < 4; k++) {
      const gradient = plus(multiply(here), -1, point(1, 2, 3))
      if (inner(gradient, gradient) < 1e-24) break
      const direction = lbfgsDirection(gradient, pairs, inner)
      const step = times(-inner(gradient, direction) / inner(direction, multiply(direction)), direction)
      here = plus(here, 1, step)
      pairs.push(pair(step))
    }
    expectClose(multiply(here).bias, [1, 2, 3], { absolute: 1e-9 })
  })
  it('passes over pairs without curvature', () => {
    const flat: Pair = { step: point(0, 1, 0), change: point(0, 0, 0) }
    const bent: Pair = { step: point(0, 1, 0), change: point(0, -1, 0) }
    expect(lbfgsDirection(point(1, 1, 1), [flat, bent], inner)).toEqual(point(-1, -1, -1))
  })
})
