import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../../src/bundle/load-bundle.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

let [cache, whole] = ['', '']

beforeAll(async () => {
  const made = await codedDataSet({ counts: { ant: 20, bee: 15 }, shape: [2, 2, 4] })
  cache = made.cache
  whole = (await trainHead({ ...made, pool: 'avg', name: 'insects' })).bundle ?? ''
})

/** A copy of the bundle whose head.json says something else. */
function changed(change: (head: Record<string, unknown>) => unknown): string {
  const folder = tempFolder()
  cpSync(whole, folder, { recursive: true })
  const path = join(folder, 'head.json')
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))))
  return folder
}

const again = 'Copy the whole folder again, or train the head again.'

describe('loadBundle', () => {
  it('finds a head by its name, its folder and its head.json', () => {
    for (const given of ['insects', whole, join(whole, 'head.json')]) {
      const bundle = loadBundle(given, cache)
      expect(bundle).toMatchObject({
        name: 'insects',
        labels: ['ant', 'bee'],
        pool: 'avg',
        shape: [2, 2, 4],
        codeLength: 4,
        multiLabel: false,
      })
      expect(bundle.layers.map(({ type }) => type)).toEqual(['dense'])
      expect(bundle.selfTest?.codes).toMatchObject({ rows: 8, columns: 4 })
    }
  })

  it('says what it looked for where there is none', async () => {
    const folder = tempFolder()
    for (const [given, found] of [
      ['nothing', 'none named "nothing"'],
      ['../insects', 'none named "../insects"'],
      [folder, `no head.json in ${folder}`],
    ] as const) {
      const { message } = await userErrorOf(() => loadBundle(given, cache))
      expect(message).toBe(
        `Expected a bundle: the name of a head in ${join(cache, 'heads')}, or a folder with head.json, found ${found}. Train one with: npm run train-head -- --name NAME`,
      )
    }
  })

  it.each<[string, (head: Record<string, unknown>) => unknown]>([
    ['no labels in head.json', () => null],
    ['no labels in head.json', ({ labels: _, ...head }) => head],
    ['no identity of its codes in head.json', ({ codes: _, ...head }) => head],
    [
      'a fingerprint that is not that of its codes’ identity in head.json',
      (head) => ({ ...head, codes: { ...Object(head.codes), fingerprint: 'a'.repeat(64) } }),
    ],
    ['no shape or pool of its codes in head.json', (head) => ({ ...head, codes: { ...Object(head.codes), pool: 'most' } })],
    ['no weights in head.json', ({ weights: _, ...head }) => head],
    ['"../x" as the name of a file in head.json', (head) => ({ ...head, weights: { file: '../x', sha256: '' } })],
    ['a temperature that is no number above 0 in head.json', (head) => ({ ...head, calibration: { temperature: -1 } })],
    [
      'no tensor "7.kernel" in its weights',
      (head) => ({ ...head, layers: [{ type: 'dense', activation: 'softmax', tensors: ['7.kernel'] }] }),
    ],
  ])('refuses a bundle with %s', async (found, change) => {
    const folder = changed(change)
    const { message } = await userErrorOf(() => loadBundle(folder, cache))
    expect(message).toBe(`Expected a whole bundle in ${folder}, found ${found}. ${again}`)
  })

  it.each(['weights', 'selfTest'])('names the file of %s that is changed, or gone', async (field) => {
    const folder = changed((head) => head)
    const { file } = JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8'))[field]
    const path = join(folder, file)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(path, bytes)
    const damaged = await userErrorOf(() => loadBundle(folder, cache))
    expect(damaged.message).toBe(
      `Expected a whole bundle in ${folder}, found ${file} of ${bytes.length} bytes whose sha256 is not that in head.json. ${again}`,
    )
    rmSync(path)
    const gone = await userErrorOf(() => loadBundle(folder, cache))
    expect(gone.message).toBe(`Expected a file of the bundle at ${path}, but it cannot be read: it is gone. ${again}`)
  })
})
