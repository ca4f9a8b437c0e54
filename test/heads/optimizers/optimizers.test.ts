import { describe, expect, it } from 'vitest'
import { Parameter } from '../../../src/heads/layers/parameter.js'
import { defaultRate, makeOptimizer, type OptimizerName, optimizerNames } from '../../../src/heads/optimizers/index.js'
import { expectClose } from '../../helpers/expect-close.js'
import { randomMatrix } from '../layers/gradient-check.js'

/** One weight's step by the rule of Keras 3, in float64: its new value from gradient, state (changed in place) and step number t. */
type PlainRule = (w: number, g: number, state: number[], rate: number, t: number) => number

const plainAdam =
  (decay: number): PlainRule =>
  (w, g, state, rate, t) => {
    state[0] = 0.9 * (state[0] ?? 0) + 0.1 * g
    state[1] = 0.999 * (state[1] ?? 0) + 0.001 * g * g
    const corrected = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)
    return w - rate * decay * w - (corrected * state[0]) / (Math.sqrt(state[1]) + 1e-7)
  }

const plainMomentum =
  (nesterov: boolean): PlainRule =>
  (w, g, state, rate) => {
    state[0] = 0.9 * (state[0] ?? 0) - rate * g
    return w + (nesterov ? 0.9 * state[0] - rate * g : state[0])
  }

const plain: Readonly<Record<OptimizerName, PlainRule>> = {
  sgd: (w, g, _, rate) => w - rate * g,
  momentum: plainMomentum(false),
  nesterov: plainMomentum(true),
  rmsprop: (w, g, state, rate) => {
    state[0] = 0.9 * (state[0] ?? 0) + 0.1 * g * g
    return w - (rate * g) / Math.sqrt(state[0] + 1e-7)
  },
  adam: plainAdam(0),
  adamw: plainAdam(0.004),
  adadelta: (w, g, state, rate) => {
    state[0] = 0.95 * (state[0] ?? 0) + 0.05 * g * g
    const move = (g * Math.sqrt((state[1] ?? 0) + 1e-7)) / Math.sqrt(state[0] + 1e-7)
    state[1] = 0.95 * (state[1] ?? 0) + 0.05 * move * move
    return w - rate * move
  },
  adagrad: (w, g, state, rate) => {
    state[0] = (state[0] ?? 0) + g * g
    return w - (rate * g) / Math.sqrt(state[0] + 1e-7)
  },
}

/** Keras 3's default rate, and where its state starts. */
const defaults: Readonly<Record<OptimizerName, readonly [number, readonly number[]]>> = {
  sgd: [0.01, []],
  momentum: [0.01, [0]],
  nesterov: [0.01, [0]],
  rmsprop: [0.001, [0]],
  adam: [0.001, [0, 0]],
  adamw: [0.001, [0, 0]],
  adadelta: [0.001, [0, 0]],
  adagrad: [0.001, [0.1]],
}

const rest = { scale: 1, l1: 0, l2: 0 }

function parameter(name: OptimizerName, count: number, options: { tile?: number; penalised?: boolean } = {}): Parameter {
  const made = new Parameter({ shape: [count], optimizer: makeOptimizer({ name }), ...options })
  made.values.set(randomMatrix(1, count, 1).data)
  return made
}

describe.each(optimizerNames)('%s', (name) => {
  it("has Keras' defaults", () => {
    expect([defaultRate(name), makeOptimizer({ name }).state]).toEqual(defaults[name])
  })

  it.each([1, 3, 4, 7, 1000])('moves %i weights as its plain twin does, with penalties and scaled gradients', (count) => {
    const found = parameter(name, count, { penalised: true })
    found.values[0] = 0 // without a sign: no L1
    const wanted = Float64Array.from(found.values)
    const states = Array.from(wanted, () => [...defaults[name][1]])
    for (let t = 1; t <= 20; t++) {
      const gradient = randomMatrix(1, count, 10 + t).data
      found.gradient.set(gradient)
      found.update([{ rate: 0.01, number: t, scale: 0.7, l1: 0.02, l2: 0.05 }])
      for (const [i, w] of wanted.entries()) {
        const g = 0.7 * (gradient[i] ?? 0) + 0.02 * Math.sign(w) + 2 * 0.05 * w
        wanted[i] = plain[name](w, g, states[i] ?? [], 0.01, t)
      }
    }
    expectClose(found.values, wanted, { absolute: 2e-6 })
    for (const [slot, array] of found.state.entries()) {
      expectClose(
        array,
        states.map((state) => state[slot] ?? Number.NaN),
        { relative: 2e-5, absolute: 1e-7 },
      )
    }
  })

  it('moves tiles as it moves the whole, and nothing beside them', () => {
    const [whole, tiled] = [parameter(name, 1001), parameter(name, 1001, { tile: 400 })]
    const step = { rate: 0.1, number: 1, ...rest }
    const gradient = randomMatrix(1, 1001, 9).data
    whole.gradient.set(gradient)
    whole.update([step])
    for (const from of [800, 0, 400]) {
      const before = tiled.values.slice()
      const part = gradient.subarray(from, from + 400)
      tiled.gradient.set(part)
      tiled.update([step], { from, count: part.length })
      const isOutside = (_: number, i: number) => i < from || i >= from + part.length
      expect(tiled.values.filter(isOutside)).toEqual(before.filter(isOutside))
    }
    expect(tiled.values).toEqual(whole.values)
    expect(tiled.state).toEqual(whole.state)
  })

  it('keeps denormals out of its state', () => {
    const found = parameter(name, 4)
    const denormals = new Set<number>()
    for (let number = 1; number <= 12_000; number++) {
      found.gradient.fill(number === 1 ? 1e-15 : 1e-25)
      found.update([{ rate: 0.001, number, ...rest }])
      for (const array of found.state) for (const value of array) if (value !== 0 && Math.abs(value) < 2 ** -126) denormals.add(value)
    }
    expect([...denormals]).toEqual([])
    for (const [slot, array] of found.state.entries()) expect(array[0]).toBe(Math.fround(defaults[name][1][slot] ?? 0))
  })
})

describe('adam', () => {
  it.each([0.02, 1, -50])('takes a first step of its rate whatever the gradient: %d', (gradient) => {
    const found = parameter('adam', 4)
    const before = found.values[0] ?? 0
    found.gradient.fill(gradient)
    found.update([{ rate: 0.01, number: 1, ...rest }])
    expect(before - (found.values[0] ?? 0)).toBeCloseTo(0.01 * Math.sign(gradient), 5) // ε is 1e-7 / √0.001 of the gradient
  })
})

describe('adamw', () => {
  it('takes rate · decay off all weights, penalised or not', () => {
    const found = new Parameter({ shape: [2], optimizer: makeOptimizer({ name: 'adamw', weightDecay: 0.5 }) })
    found.values.set([1, -2])
    for (let number = 1; number <= 3; number++) found.update([{ rate: 0.1, number, ...rest }])
    expectClose(found.values, [0.95 ** 3, -2 * 0.95 ** 3], { relative: 1e-6 })
  })
})

describe('Parameter', () => {
  it('knows no penalty unless it is penalised', () => {
    const found = parameter('sgd', 5)
    found.update([{ rate: 1, number: 1, scale: 1, l1: 1, l2: 1 }])
    expect(found.values).toEqual(randomMatrix(1, 5, 1).data)
  })
})
