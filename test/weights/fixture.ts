import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The file in fixture-NAME.json, which says how it was made. */
export function fixtureBytes(name: string): Buffer {
  const fixture: unknown = JSON.parse(readFileSync(new URL(`fixture-${name}.json`, import.meta.url), 'utf8'))
  const isFixture = typeof fixture === 'object' && fixture !== null && 'gzipBase64' in fixture && typeof fixture.gzipBase64 === 'string'
  if (!isFixture) throw new Error(`no fixture "${name}"`)
  return gunzipSync(Buffer.from(`${fixture.gzipBase64}`, 'base64'))
}

/** What the two files of Keras 3 hold: layers, each with its weights' shapes and values. */
export const keras3Fixture = [
  [
    'dense',
    [
      [[2, 1], 1.5, -3],
      [[1], 0.25],
    ],
  ],
  [
    'dense_1',
    [
      [[2, 1], 5, 6],
      [[1], 7],
    ],
  ],
  [
    'sequential/layers/dense',
    [
      [[1, 2], 1, 2],
      [[2], 3, 4],
    ],
  ],
]
