import { readFileSync } from 'node:fs'
import type { Floats } from '../base/floats.js'
import type { InputRule } from './backbone.js'
import { fillImage } from './fill.js'

/** What a trusted library gives for the filler's image, and for the filler's weights where a network has none of its own. */
export interface Golden {
  /** Channels last. */
  readonly shape: readonly number[]
  /** Standard deviation of the whole output. */
  readonly std: number
  /** The output at 64 places, see `places`. */
  readonly values: readonly number[]
  /** Means of the first 32 channels over all positions. */
  readonly gap: readonly number[]
  /** The network's input: the first four pixels, channels last. */
  readonly first: readonly number[]
}

/** All golden outputs by NAME@SIZE. Made by scripts/make_golden.py. */
export function goldenOutputs(): Readonly<Record<string, Golden>> {
  return JSON.parse(readFileSync(new URL('../../models/golden.json', import.meta.url), 'utf8'))
}

/** Where `values` stand in the flat channels-last output: spread evenly, the first and the last number among them. */
export function places({ shape, values }: Golden): number[] {
  const last = shape.reduce((all, side) => all * side, 1) - 1
  const step = last / (values.length - 1)
  return values.map((_, at) => (at === values.length - 1 ? last : Math.floor(at * step)))
}

/** The filler's image (or another one of its) as a batch of one, [1, 3, side, side], by the network's own rule. */
export function goldenInput(side: number, { order, mean, scale }: InputRule, tensor?: number): Floats {
  const pixels = fillImage(side, tensor)
  const area = side * side
  const input = new Float32Array(3 * area)
  for (const [colour, centre] of mean.entries()) {
    const channel = order === 'rgb' ? colour : 2 - colour
    for (let p = 0; p < area; p++) input[channel * area + p] = ((pixels[p * 3 + colour] ?? 0) - centre) / (scale[colour] ?? 1)
  }
  return input
}
