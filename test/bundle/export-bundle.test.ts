import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/base/content-file.js'
import { exportBundle } from '../../src/bundle/export-bundle.js'
import { loadBundle } from '../../src/bundle/load-bundle.js'
import { predictImages } from '../../src/bundle/predict-images.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { fineTune } from '../../src/finetune/fine-tune.js'
import { parseOnnx } from '../../src/graph/read-onnx.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { imageFolder, noisePng } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

const [cache, elsewhere] = [tempFolder(), tempFolder()]
const image = join(elsewhere, 'new.png')
const model = modelFile(convolution())
let data = ''

beforeAll(async () => {
  data = await imageFolder({ a: 12, b: 12 })
  await extractSeveral({ data, cache, models: [model], mean: [120, 130, 140], scale: [50, 60, 70], workers: 1 })
  await trainHead({ data, cache, pool: 'avg', name: 'letters', command: ['train-head', '--data', data] })
  writeFileSync(image, await noisePng(77))
}, 60_000)

const predict = (bundle: string, where: string) => predictImages({ bundle, paths: [image], cache: where, workers: 1 })

describe('exportBundle', () => {
  it('writes a bundle that says the same where nothing else is', async () => {
    const out = join(tempFolder(), 'mine')
    const { file, bytes, labels } = await exportBundle(loadBundle('letters', cache), { out, cache, embed: true })
    expect([file, labels]).toEqual([out, ['a', 'b']])
    const files = readdirSync(out)
    expect(files.sort()).toEqual([
      'NOTICE.txt',
      'backbone.onnx',
      'head.json',
      'self-test.arrow',
      'test.arrow',
      expect.stringMatching(/^weights-/),
    ])
    expect(bytes).toBe(files.reduce((sum, name) => sum + readFileSync(join(out, name)).length, 0))
    const here = await predict('letters', cache)
    const there = await predict(out, tempFolder())
    expect(there.predictions).toEqual(here.predictions)
    expect(loadBundle(out, cache).selfTest?.pixels).toHaveLength(8 * 8 * 8 * 3)
  })

  it('tells nothing of this machine', async () => {
    const out = tempFolder()
    await exportBundle(loadBundle('letters', cache), { out, cache })
    const head = readFileSync(join(out, 'head.json'), 'utf8')
    expect(JSON.parse(head)).toMatchObject({ data: basename(data), model: basename(model) })
    for (const path of [data, model, cache]) expect(head).not.toContain(path)
    expect(head).not.toContain('train-head')
  })

  it('without the network asks for the cache that has it, and is checked with it', async () => {
    const out = tempFolder()
    await exportBundle(loadBundle('letters', cache), { out, cache })
    expect((await predict(out, cache)).predictions).toHaveLength(1)
    const { message } = await userErrorOf(() => predict(out, tempFolder()))
    expect(message).toMatch(/^Expected to have the network of letters \(/)
  })

  it('does not pass its self-test with another network', async () => {
    const out = tempFolder()
    await exportBundle(loadBundle('letters', cache), { out, cache, embed: true })
    const path = join(out, 'backbone.onnx')
    const graph = parseOnnx(readFileSync(path), path)
    const turned = new Map([...graph.initializers].map(([name, tensor]) => [name, { ...tensor, bytes: tensor.bytes.slice().reverse() }]))
    const other = writeOnnx({ ...graph, initializers: turned })
    const head = JSON.parse(readFileSync(join(out, 'head.json'), 'utf8'))
    writeFileSync(path, other)
    writeFileSync(join(out, 'head.json'), JSON.stringify({ ...head, backbone: { ...head.backbone, sha256: sha256(other) } }))
    const { message } = await userErrorOf(() => predict(out, tempFolder()))
    expect(message).toMatch(
      /^Expected the bundle in .* to pass its self-test, found that its network gives \S+ for "[ab]" on image [0-9a-f]{12}… where it gave 0\.\d{4}\. Copy the whole folder again, or train the head again\.$/,
    )
  })

  it('says that the self-test has no pictures where the images are gone', async () => {
    const moved = tempFolder()
    cpSync(data, moved, { recursive: true })
    const own = tempFolder()
    await extractSeveral({ data: moved, cache: own, models: [model], workers: 1 })
    await trainHead({ data: moved, cache: own, name: 'gone' })
    rmSync(moved, { recursive: true })
    const notes: string[] = []
    const out = tempFolder()
    await exportBundle(loadBundle('gone', own), { out, cache: own, embed: true, onNote: (text) => notes.push(text) })
    expect(notes).toEqual([
      'The images of the self-test are not where they were: the bundle has their codes, not their pictures, and checks its head alone.',
    ])
    expect(loadBundle(out, own).selfTest?.pixels).toBeUndefined()
  })

  it('tests a fine-tuned head by what was said in training, since no codes were there', async () => {
    const own = tempFolder()
    const input = { mean: [127.5], scale: [127.5] }
    const images = await twoClasses(10)
    const tuned = { data: images, cache: own, model: modelFile(threeConvolutions()), ...input, last: 4, epochs: 2, name: 'tuned' }
    await fineTune(tuned)
    expect(loadBundle('tuned', own).selfTest).toBeUndefined()
    const out = tempFolder()
    await exportBundle(loadBundle('tuned', own), { out, cache: own, embed: true })
    const { selfTest } = loadBundle(out, own)
    expect([selfTest?.images.length, selfTest?.codes, selfTest?.pixels?.length]).toEqual([6, undefined, 6 * 8 * 8 * 3])
    expect((await predict(out, tempFolder())).predictions).toHaveLength(1)
  })
})
