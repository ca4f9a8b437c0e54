import { describe, expect, it } from 'vitest'
import { canonicalJson, fingerprintOf, type Json } from '../../src/cache/fingerprint.js'
import { identity } from '../helpers/code-identity.js'

describe('canonicalJson', () => {
  it.each<[string, Json, string]>([
    [
      'sorts keys by code unit, at every depth',
      { b: { z: 1, a: 2 }, a: 0, B: 0, ä: 0, '10': 0, '9': 0 },
      '{"9":0,"10":0,"B":0,"a":0,"b":{"a":2,"z":1},"ä":0}',
    ],
    ['keeps the order of arrays', [3, 1, { b: 0, a: 0 }], '[3,1,{"a":0,"b":0}]'],
    ['leaves out what is undefined', { a: undefined, b: null }, '{"b":null}'],
    ['writes text without white space, escaped', { 'a b': 'c\n"d" é' }, '{"a b":"c\\n\\"d\\" é"}'],
    ['writes plain values', -0.5, '-0.5'],
  ])('%s', (_, value, expected) => expect(canonicalJson(value)).toBe(expected))
})

describe('fingerprintOf', () => {
  const fingerprint = fingerprintOf(identity)

  it('is pinned: another value throws the caches of all users away', () => {
    expect(canonicalJson({ ...identity })).toBe(
      `{"backbone":{"file":"${'ab'.repeat(32)}"},"format":1,"layer":"y","precision":"float32","preprocessing":{"mean":[0,0,0],"resize":"squish"},"size":8}`,
    )
    expect(fingerprint).toBe('a1fd737b512aa6659a38d5c5cdcc982ead98b5e629c5e4ba8a64fdf837a0a79a')
  })

  it('does not depend on the order of keys', () => {
    const { size, layer, ...rest } = identity
    expect(fingerprintOf({ size, layer, ...rest, preprocessing: { mean: [0, 0, 0], resize: 'squish' } })).toBe(fingerprint)
  })

  it.each([
    ['layer', { ...identity, layer: 'z' }],
    ['size', { ...identity, size: 9 }],
    ['backbone', { ...identity, backbone: { file: 'cd'.repeat(32) } }],
    ['preprocessing', { ...identity, preprocessing: { ...identity.preprocessing, mean: [0, 0, 1] } }],
    ['order of the means', { ...identity, preprocessing: { ...identity.preprocessing, mean: [1, 0, 0] } }],
  ])('depends on the %s', (_, other) => expect(fingerprintOf(other)).not.toBe(fingerprint))
})
