import { describe, expect, it } from 'vitest'
import { loadBundle } from '../../src/bundle/load-bundle.js'
import { checkHead, openHead } from '../../src/bundle/self-check.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectClose } from '../helpers/expect-close.js'
import { labelFile } from '../helpers/label-file.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 20, bee: 15, cow: 25 }
const few = { epochs: 3, batch: 16, lr: 0.01 } as const

/** Trains a head, and loads it. */
async function bundleOf(options: object, classes: Readonly<Record<string, number>> = counts) {
  const made = await codedDataSet({ counts: classes, shape: [2, 2, 12], signal: 3 })
  const { bundle } = await trainHead({ ...made, ...options })
  return loadBundle(bundle ?? '', made.cache)
}

describe('headGraph', () => {
  it.each([
    [{}],
    [{ pool: 'avg' }],
    [{ pool: 'avg', l2: 1, calibrate: true }],
    [{ solver: 'ridge', calibrate: true }],
    [{ pool: 'concat', solver: 'lbfgs' }],
    [{ solver: 'ridge' }],
    [{ solver: 'svm', pool: 'max' }],
    [{ solver: 'ncm' }],
    [{ head: 'softmax', solver: 'adam', ...few }],
    [{ head: 'dense', pool: 'avg', ...few }],
    [{ head: 'fastai', pool: 'concat', ...few }],
    [{ head: 'dense:8:relu6,dense:6:leaky-relu,dense:5:elu,bn,dropout:0.1,dense:4:gelu,dense:7:silu,softmax', ...few }],
  ])('says what the head said when it was trained with %j', async (options) => {
    const bundle = await bundleOf(options)
    const head = await openHead(bundle)
    await checkHead(bundle, head)
    const { answers, codes = expect.fail('no codes') } = bundle.selfTest ?? expect.fail('no self-test')
    const { data, dims } = await head.run(codes.data, [codes.rows, codes.columns])
    expect(dims).toEqual([8, 3])
    if (bundle.record.answers === 'probabilities') expectClose(data, answers.data, { absolute: 2e-5 })
    for (let row = 0; row < 8; row++) {
      const [said, was] = [data, answers.data].map((all) => Array.from(all.slice(row * 3, row * 3 + 3)))
      expect(said?.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      expect(said?.indexOf(Math.max(...said))).toBe(was?.indexOf(Math.max(...was)))
    }
    await head.release()
  })

  it('gives both of two classes that one sigmoid tells', async () => {
    const bundle = await bundleOf({ head: 'sigmoid', solver: 'adam', ...few }, { ant: 20, bee: 20 })
    const head = await openHead(bundle)
    await checkHead(bundle, head)
    const { codes = expect.fail('no codes') } = bundle.selfTest ?? expect.fail('no self-test')
    const { data, dims } = await head.run(codes.data, [codes.rows, codes.columns])
    expect(dims).toEqual([8, 2])
    expect((data[0] ?? 0) + (data[1] ?? 0)).toBeCloseTo(1, 6)
  })

  it('gives a probability of its own for each of several labels', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 3 })
    const several: Readonly<Record<string, string>> = { ant: 'insect', bee: 'insect;flies', cow: '' }
    const labels = labelFile(made.files.map(({ path, label }) => `${path},${several[label] ?? ''}`))
    const { bundle: folder } = await trainHead({ ...made, labels })
    const bundle = loadBundle(folder ?? '', made.cache)
    expect([bundle.multiLabel, bundle.labels]).toEqual([true, ['flies', 'insect']])
    const head = await openHead(bundle)
    await checkHead(bundle, head)
    await head.release()
  })

  it('refuses nearest neighbours, which have no layers', async () => {
    const bundle = await bundleOf({ solver: 'knn' })
    const { message } = await userErrorOf(() => openHead(bundle))
    expect(message).toBe(
      'Expected a head of layers, found one of "knn", which has the codes of all its training images instead. Train another one: npm run train-head -- --head softmax',
    )
  })

  it('fails its self-test where it says something else', async () => {
    const bundle = await bundleOf({})
    const { selfTest } = bundle
    if (!selfTest) return expect.fail('no self-test')
    const other = { ...selfTest, answers: { ...selfTest.answers, data: selfTest.answers.data.map((value) => 1 - value) } }
    const head = await openHead(bundle)
    const { message } = await userErrorOf(() => checkHead({ ...bundle, selfTest: other }, head))
    expect(message).toMatch(
      /^Expected the bundle in .* to pass its self-test, found that its head gives [01]\.\d{4} for "(ant|bee|cow)" on image [0-9a-f]{12}… where it gave [01]\.\d{4}\. Copy the whole folder again, or train the head again\.$/,
    )
    await head.release()
  })
})
