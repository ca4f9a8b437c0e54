import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { resamplePlain } from '../../../src/images/resample-plain.js'
import type { ResizeRule } from '../../../src/images/resize-rule.js'
import { tfBilinearPlain } from '../../../src/images/tf-bilinear-plain.js'

/** The page's own script, which is plain JavaScript. */
const script: unknown = await import(new URL('../../../pages/tfjs/resample.js', import.meta.url).href)

function resize(image: object, size: number, rule: string): unknown {
  const found: unknown = typeof script === 'object' && script !== null ? Reflect.get(script, 'resize') : undefined
  if (typeof found !== 'function') throw new Error('Expected resample.js to export resize')
  return found(image, size, rule)
}

const sizes = [
  [1, 1],
  [13, 7],
  [7, 13],
  [24, 24],
  [31, 90],
  [200, 3],
] as const
const rules: readonly ResizeRule[] = ['squish', 'crop:24', 'crop:31', 'pad', 'keras-nearest', 'tf-bilinear']

describe('the page resizes images to the bytes that the network was trained on', () => {
  it.each(rules.flatMap((rule) => sizes.map(([width, height]) => ({ rule, width, height }))))('$rule $width × $height', (given) => {
    const { rule, width, height } = given
    const random = seededRandom(width * 100 + height)
    const image = { pixels: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)), width, height }
    const wanted = rule === 'tf-bilinear' ? tfBilinearPlain(image, 24) : resamplePlain(image, 24, rule)
    expect(resize(image, 24, rule)).toEqual(wanted)
  })
})
