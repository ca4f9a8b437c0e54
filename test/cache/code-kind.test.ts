import { describe, expect, it } from 'vitest'
import { type CodeKind, kindText, optionText, unusual, varyingParts } from '../../src/cache/code-kind.js'

const kind: CodeKind = {
  ...{ model: 'net.onnx', layer: 'y', size: 8, precision: 'float32', resize: 'squish' },
  ...{ decoder: 'exact', exif: true, alpha: 'white', truncated: 'reject', augment: 'none', view: 0 },
}

describe('kindText', () => {
  it.each<[Partial<CodeKind>, string]>([
    [{}, 'net.onnx, layer y, size 8, float32, squish'],
    [{ model: 'vgg16', layer: 'fc1', size: 224, precision: 'int8', resize: 'pad' }, 'vgg16, layer fc1, size 224, int8, pad'],
    [{ decoder: 'fast' }, 'net.onnx, layer y, size 8, float32, squish, --decoder fast'],
    [
      { decoder: 'fast', exif: false, alpha: 'drop', truncated: 'accept' },
      'net.onnx, layer y, size 8, float32, squish, --decoder fast, --no-exif, --alpha drop, --truncated accept',
    ],
  ])('%j', (change, text) => {
    expect(kindText({ ...kind, ...change })).toBe(text)
    expect(unusual({ ...kind, ...change }).length).toBe(text.split('--').length - 1)
  })
})

it('optionText writes options as they are typed', () => {
  expect([optionText('size', 224), optionText('exif', true), optionText('exif', false)]).toEqual(['--size 224', '--exif', '--no-exif'])
})

it('varyingParts tells in what kinds differ, in the order of the parts', () => {
  expect(varyingParts([])).toEqual([])
  expect(varyingParts([kind, { ...kind, model: 'other' }])).toEqual([])
  expect(varyingParts([kind, { ...kind, exif: false }, { ...kind, layer: 'z', decoder: 'fast' }])).toEqual(['layer', 'decoder', 'exif'])
})
