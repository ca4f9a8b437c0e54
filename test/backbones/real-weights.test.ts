import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import type { ExtractOptions } from '../../src/extract/options.js'
import { cosine } from '../helpers/cosine.js'
import { expectClose } from '../helpers/expect-close.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** What the original gives, channels last; `values` at `at` of the flat code, `gap`: mean over the positions, first 32 channels. */
interface Reference {
  readonly shape: readonly number[]
  readonly at: readonly number[]
  readonly images: Readonly<
    Record<string, { readonly mean: number; readonly std: number; readonly values: number[]; readonly gap: number[] }>
  >
}

function referenceOf(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))
}

/** The codes of the reference's images through the whole slow stage, decoded as the reference decoded them. */
async function codesOf(images: readonly string[], options: ExtractOptions) {
  const [root, cache] = [tempFolder(), tempFolder()]
  mkdirSync(join(root, 'all'))
  for (const name of images) copyFileSync(fileURLToPath(new URL(`../fixtures/images/${name}`, import.meta.url)), join(root, 'all', name))
  const result = await extractCodes({ data: root, cache, exif: false, alpha: 'drop', workers: 1, ...options })
  return { result, codes: codesByPath(cache, result.fingerprint, root) }
}

/** Where SqueezeNet's published weights lie, which do not come with the project: its test is skipped without. */
const squeezenet = process.env.SQUEEZENET_WEIGHTS

const cases: readonly (readonly [string, ExtractOptions])[] = [
  ['efficientnet-lite0', {}],
  ['squeezenet', { weights: squeezenet }],
]

for (const [model, options] of cases) {
  it.skipIf(model === 'squeezenet' && !squeezenet)(`${model} with its real weights gives the codes of its original`, async () => {
    const { shape, at, images } = referenceOf(model)
    const names = Object.keys(images)
    const { result, codes } = await codesOf(names, { model, ...options })
    expect(result).toMatchObject({ images: names.length, computed: names.length, codeShape: shape, dtype: 'float16' })
    expect(codes.size).toBe(names.length)
    for (const [name, expected] of Object.entries(images)) {
      const code = codes.get(`all/${name}`) ?? new Float32Array()
      const found = at.map((i) => code[i] ?? 0)
      expect(cosine(found, expected.values), `${name}: values`).toBeGreaterThanOrEqual(0.9999)
      expect(cosine(channelMeans(code, shape.at(-1) ?? 1).slice(0, 32), expected.gap), `${name}: gap`).toBeGreaterThanOrEqual(0.9999)
      expectClose([meanOf(code), deviationOf(code)], [expected.mean, expected.std], { relative: 0.005 })
    }
  })
}

/** Mean over the positions of a flat channels-last map. */
function channelMeans(code: Float32Array, channels: number): number[] {
  const positions = code.length / channels
  const sums = new Float64Array(channels)
  for (const [i, value] of code.entries()) sums[i % channels] = (sums[i % channels] ?? 0) + value
  return [...sums].map((sum) => sum / positions)
}

function meanOf(code: Float32Array): number {
  return code.reduce((sum, v) => sum + v, 0) / code.length
}

function deviationOf(code: Float32Array): number {
  const mean = meanOf(code)
  return Math.sqrt(code.reduce((sum, v) => sum + (v - mean) ** 2, 0) / code.length)
}
