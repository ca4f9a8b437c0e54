import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { matrix } from '../../src/engine/gemm.js'
import { fitTemperature } from '../../src/evaluate/fit-temperature.js'

const rows = 4000

/** Labels drawn from softmax(z), and the scores z · `factor`. */
function drawn(factor: number) {
  const random = seededRandom(5)
  const scores = matrix(rows, 3)
  const labels: number[] = []
  for (let row = 0; row < rows; row++) {
    const z = [0, 1, 2].map(() => (random() - 0.5) * 6)
    const weights = z.map(Math.exp)
    const [first = 0, second = 0, third = 0] = weights
    const at = random() * (first + second + third)
    labels.push(at < first ? 0 : at < first + second ? 1 : 2)
    scores.data.set(
      z.map((value) => value * factor),
      row * 3,
    )
  }
  return { scores, labels }
}

describe('fitTemperature', () => {
  it.each([0.4, 1, 3])('finds that scores are %f times what they should be', (factor) => {
    const { temperature, loss } = fitTemperature(drawn(factor))
    expect(temperature / factor).toBeCloseTo(1, 1)
    expect(loss.after).toBeLessThanOrEqual(loss.before)
    // No temperature nearby is better.
    const { scores, labels } = drawn(factor)
    for (const other of [0.97, 1.03]) {
      const scaled = { ...scores, data: scores.data.map((value) => value / (temperature * other)) }
      expect(fitTemperature({ scores: scaled, labels }).loss.before).toBeGreaterThan(loss.after)
    }
  })

  it('finds it for several labels of each image', () => {
    const random = seededRandom(6)
    const z = Float32Array.from({ length: rows }, () => (random() - 0.5) * 8)
    const targets = Uint8Array.from(z, (value) => (random() < 1 / (1 + Math.exp(-value)) ? 1 : 0))
    const scores = matrix(
      rows / 2,
      2,
      z.map((value) => value * 2),
    )
    const { temperature, loss } = fitTemperature({ scores, labels: [], targets })
    expect(temperature).toBeCloseTo(2, 0)
    expect(loss.after).toBeLessThan(loss.before)
  })

  it('stays within its limits where nothing is wrong, or all is', () => {
    const scores = matrix(2, 2, Float32Array.of(0.1, 0, 0, 0.1))
    expect(fitTemperature({ scores, labels: [0, 1] }).temperature).toBeCloseTo(0.01, 5)
    expect(fitTemperature({ scores, labels: [1, 0] }).temperature).toBeCloseTo(10, 3)
  })
})
