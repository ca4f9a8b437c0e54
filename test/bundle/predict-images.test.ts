import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Classifier } from '../../src/bundle/classifier.js'
import { loadBundle } from '../../src/bundle/load-bundle.js'
import { predictImages } from '../../src/bundle/predict-images.js'
import { decodeTestResults } from '../../src/evaluate/test-results.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { fineTune } from '../../src/finetune/fine-tune.js'
import { imageFolder, noisePng } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

const [cache, empty, elsewhere] = [tempFolder(), tempFolder(), tempFolder()]
const model = modelFile(convolution())
let data = ''
const file = (name: string) => join(elsewhere, name)

beforeAll(async () => {
  data = await imageFolder({ a: 8, b: 8, c: 8 })
  for (const precision of ['float32', 'int8'] as const) {
    await extractSeveral({ data, cache, models: [model], precisions: [precision], dtype: 'float32', workers: 1 })
    for (const pool of ['none', 'avg'] as const) await trainHead({ data, cache, pool, precision, name: `${precision}-${pool}` })
  }
  writeFileSync(file('new.png'), await noisePng(77))
  writeFileSync(file('text.jpg'), 'text')
  copyFileSync(join(data, 'a/2.png'), file('known.png'))
  const whole = readFileSync(join(data, 'a/1.png'))
  writeFileSync(file('cut.png'), whole.subarray(0, whole.length / 2))
}, 60_000)

const predict = (bundle: string, paths: readonly string[], options = {}) => predictImages({ bundle, paths, cache, workers: 1, ...options })

describe('predictImages', () => {
  it('refuses wrong numbers', async () => {
    await expectUsageError(() => predict('float32-avg', [data], { top: 0 }), 'Expected top to be a whole number above 0, got 0.')
    await expectUsageError(() => predict('float32-avg', [data], { abstain: 2 }), 'Expected abstain to be a probability from 0 to 1, got 2.')
  })

  it('tells files that are no good images, and goes on', async () => {
    const { predictions, quarantined, ...counts } = await predict('float32-avg', ['text.jpg', 'new.png', 'cut.png', 'known.png'].map(file))
    expect(predictions.map(({ path }) => path)).toEqual(['new.png', 'known.png'].map(file))
    expect(quarantined.map(({ path }) => path)).toEqual(['text.jpg', 'cut.png'].map(file))
    expect(quarantined[0]?.reason).toBe('Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.')
    expect(counts).toMatchObject({ images: 4, cached: 1, computed: 1, labels: ['a', 'b', 'c'], interrupted: false })
  })

  it('tells as many labels as are asked for, and none where it is not sure', async () => {
    const { predictions } = await predict('float32-avg', [data], { top: 2, abstain: 0.6 })
    expect(predictions).toHaveLength(24)
    for (const { label, probability, top } of predictions) {
      expect(top).toHaveLength(2)
      expect(top[0]?.probability).toBe(probability)
      expect(probability).toBeGreaterThanOrEqual(top[1]?.probability ?? 1)
      expect(label).toBe(probability < 0.6 ? null : top[0]?.label)
    }
    expect(new Set(predictions.map(({ label }) => label === null))).toEqual(new Set([true, false]))
  })

  it.each([
    'float32-none',
    'float32-avg',
    'int8-none',
    'int8-avg',
  ])('says the same of images with cached codes and without, by %s', async (name) => {
    const { predictions, cached, computed } = await predict(name, [data])
    expect([cached, computed]).toEqual([24, 0])
    const bundle = loadBundle(name, cache)
    const classifier = await Classifier.open(bundle, { cache, workers: 1 })
    const answers = await classifier.classify(predictions.map(({ path }) => readFileSync(path)))
    await classifier.close()
    for (const [at, answer] of answers.entries()) {
      if ('refused' in answer) return expect.fail(answer.refused)
      for (const { label, probability } of predictions[at]?.top ?? []) {
        expect(Math.abs(probability - (answer.probabilities[bundle.labels.indexOf(label)] ?? 9))).toBeLessThan(2e-3)
      }
    }
  })

  it('says which network is missing where the cache does not know it', async () => {
    const { message } = await userErrorOf(() => predict(join(cache, 'heads', 'float32-avg'), [file('new.png')], { cache: empty }))
    expect(message).toMatch(
      /^Expected to have the network of float32-avg \(a file of its own, weights [0-9a-f]{12}…, layer y\), found that no run tells where its network is from\. Give the --cache that its codes are in, or take a bundle that has it inside: npm run export -- float32-avg --format bundle --embed$/,
    )
  })

  it('tells what is answered where it is interrupted', async () => {
    const stop = new AbortController()
    stop.abort()
    const result = await predict('float32-avg', [data, file('new.png')], { signal: stop.signal })
    expect([result.interrupted, result.predictions]).toEqual([true, []])
  })
})

describe('predictImages with a fine-tuned head', () => {
  it('says of the test images what was said in training', async () => {
    const own = tempFolder()
    const root = await twoClasses(10)
    const input = { mean: [127.5], scale: [127.5] }
    const { bundle } = await fineTune({ data: root, cache: own, model: modelFile(threeConvolutions()), ...input, last: 4, epochs: 2 })
    const { rows } = decodeTestResults(readFileSync(join(bundle ?? '', 'test.arrow')))
    const paths = rows.map(({ path }) => join(root, path))
    const { predictions, labels } = await predictImages({ bundle: bundle ?? '', paths, cache: own, workers: 1 })
    for (const [at, { top }] of predictions.entries()) {
      for (const { label, probability } of top)
        expect(Math.abs(probability - (rows[at]?.answers[labels.indexOf(label)] ?? 9))).toBeLessThan(2e-3)
    }
  })
})
