import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PillowRule } from '../../src/images/fit-image.js'
import type { Normalisation, RgbImage } from '../../src/images/pixels.js'
import { resamplePlain } from '../../src/images/resample-plain.js'
import { Resampler } from '../../src/images/resampler.js'
import { tfBilinearPlain } from '../../src/images/tf-bilinear-plain.js'
import { createKernels } from '../../src/kernels/kernels.js'

/** What another library made of `source`, as the scripts in test/fixtures/resized have it. */
interface Case<Rule> {
  readonly rule: Rule
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  /** base64 of [height, width, 3] */
  readonly pixels: string
}

const resampler = new Resampler(createKernels())
const asStored: Normalisation = { mean: [0, 0, 0], scale: [1, 1, 1], order: 'rgb', layout: 'nhwc' }

function casesOf<Rule>(library: string): readonly (readonly [string, Case<Rule>])[] {
  const cases: readonly Case<Rule>[] = JSON.parse(readFileSync(new URL(`../fixtures/resized/${library}.json`, import.meta.url), 'utf8'))
  return cases.map((one) => [`${one.rule}, ${one.from.join(' × ')} to ${one.to.join(' × ')}`, one])
}

/** The pixels that the scripts begin with. */
function source([width, height]: readonly [number, number]): RgbImage {
  let state = width * 1009 + height
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 48271) % 2147483647
    return Math.min(Math.max((state % 400) - 72, 0), 255)
  })
  return { pixels, width, height }
}

const sizeOf = ([width, height]: readonly [number, number]) => ({ width, height })

describe('equal to Pillow, byte for byte', () => {
  it.each(casesOf<PillowRule>('pillow'))('%s', (_, { rule, from, to, pixels }) => {
    const expected = Buffer.from(pixels, 'base64')
    expect(Buffer.compare(resampler.resize(source(from), sizeOf(to), rule), expected)).toBe(0)
    expect(Buffer.compare(resamplePlain(source(from), sizeOf(to), rule), expected)).toBe(0)
  })
})

describe('equal to TensorFlow, float for float', () => {
  it.each(casesOf<'tf-bilinear'>('tensorflow'))('%s', (_, { rule, from, to, pixels }) => {
    const bytes = Buffer.from(pixels, 'base64')
    const expected = new Float32Array(new Uint8Array(bytes).buffer)
    const found = new Float32Array(expected.length)
    resampler.resizeInto(source(from), sizeOf(to), { ...asStored, resize: rule }, found, 0)
    expect(found).toEqual(expected)
    expect(tfBilinearPlain(source(from), sizeOf(to))).toEqual(expected)
  })
})
