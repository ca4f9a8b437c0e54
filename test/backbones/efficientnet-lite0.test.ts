import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { cosine } from '../helpers/cosine.js'
import { expectClose } from '../helpers/expect-close.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** What the PyTorch original gives, channels last; `values` at `at` of the flat code, `gap`: mean over the positions, first 32 channels. */
interface Reference {
  readonly shape: readonly number[]
  readonly at: readonly number[]
  readonly images: Readonly<
    Record<string, { readonly mean: number; readonly std: number; readonly values: number[]; readonly gap: number[] }>
  >
}

const reference: Reference = JSON.parse(readFileSync(new URL('../fixtures/efficientnet-lite0.json', import.meta.url), 'utf8'))

it('efficientnet-lite0 gives the codes of its PyTorch original', async () => {
  const [root, cache] = [tempFolder(), tempFolder()]
  const names = Object.keys(reference.images)
  mkdirSync(join(root, 'all'))
  for (const name of names) copyFileSync(fileURLToPath(new URL(`../fixtures/images/${name}`, import.meta.url)), join(root, 'all', name))
  const result = await extractCodes({ data: root, cache, exif: false, alpha: 'drop', workers: 1 })
  expect(result).toMatchObject({
    images: names.length,
    computed: names.length,
    codeShape: reference.shape,
    codeLength: 62_720,
    dtype: 'float16',
  })

  const codes = codesByPath(cache, result.fingerprint, root)
  expect(codes.size).toBe(names.length)
  for (const [name, expected] of Object.entries(reference.images)) {
    const code = codes.get(`all/${name}`) ?? new Float32Array()
    const channels = 1280
    const gap = Array.from({ length: 32 }, (_, c) => code.reduce((sum, v, i) => (i % channels === c ? sum + v : sum), 0) / 49)
    const mean = code.reduce((sum, v) => sum + v, 0) / code.length
    const std = Math.sqrt(code.reduce((sum, v) => sum + (v - mean) ** 2, 0) / code.length)
    expect(
      cosine(
        reference.at.map((i) => code[i] ?? 0),
        expected.values,
      ),
      `${name}: values`,
    ).toBeGreaterThanOrEqual(0.9999)
    expect(cosine(gap, expected.gap), `${name}: gap`).toBeGreaterThanOrEqual(0.9999)
    expectClose([mean, std], [expected.mean, expected.std], { relative: 0.005 })
  }
})
