import { describe, expect, it } from 'vitest'
import { resultJson, summary } from '../../src/commands/codes-summary.js'
import type { ExtractResult, ExtractSeveralResult } from '../../src/extract/options.js'

const totals: Omit<ExtractSeveralResult, 'runs'> = {
  ...{ images: 1203, computed: 1200, cached: 2, quarantined: 1, seconds: 10, imagesPerSecond: 120.4, interrupted: false },
  ...{ shares: { decode: 0.301, forward: 0.65, write: 0.049 }, bound: 'forward', threads: { decode: 2, forward: 2 } },
}
const run: ExtractResult = {
  ...totals,
  ...{ quarantine: [], codeLength: 62_720, codeShape: [7, 7, 1280], fingerprint: 'ab'.repeat(32), model: 'lite', layer: 'top', size: 224 },
  ...{ resize: 'squish', engine: 'onnx', provider: 'cpu', precision: 'float32', decoder: 'exact', dtype: 'float16', heldBatch: null },
  ...{ augment: null, views: [] },
}
const counts = '1,203 images: 1,200 computed, 2 from the cache, 1 quarantined, in 10 s'
const cpu = 'CPU time: decode 30 %, forward 65 %, write 5 %'
const line = 'lite, layer top: codes of 7 × 7 × 1280 = 62,720 numbers, float16, onnx on cpu'

describe('summary', () => {
  it.each([
    ['read', 'reading files'],
    ['decode', 'decoding'],
    ['forward', 'the forward pass'],
    ['write', 'writing codes'],
  ] as const)('says what bounds the run: %s', (bound, words) => {
    expect(summary({ ...totals, bound, runs: [run] }, 'Next: more').split('\n')).toEqual([
      `${counts} (120 images/s, bound by ${words}; ${cpu})`,
      line,
      'Next: more',
    ])
  })

  it('says nothing of speed where nothing was computed', () => {
    const idle = { computed: 0, cached: 1202, bound: null, threads: null, imagesPerSecond: 0 }
    expect(summary({ ...totals, ...idle, runs: [{ ...run, ...idle }] }, 'Next').split('\n')[0]).toBe(
      '1,203 images: 0 computed, 1,202 from the cache, 1 quarantined, in 10 s',
    )
  })

  it('says nothing of CPU time where workers computed', () => {
    const [first] = summary({ ...totals, bound: null, threads: null, runs: [run] }, 'Next').split('\n')
    expect(first).toBe(`${counts} (120 images/s)`)
  })

  it.each<[string, Partial<ExtractResult>, string]>([
    ['a batch that memory did not hold', { heldBatch: 4 }, `${line}, 4 images at a time (memory did not hold more)`],
    ['the decoder', { decoder: 'fast' }, line.replace('top:', 'top, decoded fast:')],
    ['the rule', { resize: 'pad' }, line.replace('top:', 'top, resized by pad:')],
    ['rule and decoder', { resize: 'pad', decoder: 'fast' }, line.replace('top:', 'top, resized by pad, decoded fast:')],
    ['the precision', { precision: 'int8', heldBatch: 2 }, `${line} in int8, 2 images at a time (memory did not hold more)`],
  ])('tells %s', (_, change, text) => {
    expect(summary({ ...totals, runs: [{ ...run, ...change }] }, 'Next').split('\n')[1]).toBe(text)
  })

  it('tells each of several kinds of codes, and how to go on after an interruption', () => {
    const runs = [run, { ...run, layer: 'block', computed: 7, heldBatch: 1 }]
    expect(
      summary({ ...totals, interrupted: true, runs }, 'Next')
        .split('\n')
        .slice(1),
    ).toEqual([
      `${line}, 1,200 computed`,
      `${line.replace('top', 'block')}, 7 computed, 1 image at a time (memory did not hold more)`,
      'Interrupted; finished work is kept. Run the same command again to go on.',
    ])
  })
})

describe('resultJson', () => {
  it('is flat of one kind of code, with the totals of several', () => {
    expect(resultJson({ ...totals, runs: [run] })).toEqual(run)
    expect(resultJson({ ...totals, runs: [run, run] })).toEqual({ ...totals, runs: [run, run] })
  })
})
