import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { toPreprocessing } from '../../../src/bundle/bundle-target.js'
import { Classifier } from '../../../src/bundle/classifier.js'
import { exportTo } from '../../../src/bundle/export-formats.js'
import { loadBundle } from '../../../src/bundle/load-bundle.js'
import { resizedPixels } from '../../../src/bundle/resized-pixels.js'
import { trainHead } from '../../../src/evaluate/train-head.js'
import { extractSeveral } from '../../../src/extract/extract-codes.js'
import { readOnnx } from '../../../src/graph/read-onnx.js'
import { expectClose } from '../../helpers/expect-close.js'
import { imageFolder, noisePng } from '../../helpers/image-folder.js'
import { runPython, withoutPython } from '../../helpers/python.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { expectUsageError } from '../../helpers/thrown.js'
import { convolution, modelFile } from '../../helpers/tiny-graph.js'

const [cache, out] = [tempFolder(), tempFolder()]
const input = { mean: [120, 130, 140], scale: [50, 60, 70] } as const
let files: Buffer[] = []

beforeAll(async () => {
  const data = await imageFolder({ a: 8, b: 8, c: 8 })
  const models = [modelFile(convolution())]
  const resizes = ['squish', 'tf-bilinear', 'keras-nearest', 'pad'] as const
  await extractSeveral({ data, cache, models, ...input, resizes, precisions: ['float32', 'int8'], workers: 1 })
  for (const resize of resizes) {
    await trainHead({ data, cache, pool: 'avg', precision: 'float32', resize, name: resize, calibrate: true, l2: 1e-3 })
  }
  await trainHead({ data, cache, pool: 'none', precision: 'float32', resize: 'squish', name: 'flat' })
  await trainHead({ data, cache, pool: 'avg', precision: 'int8', resize: 'squish', name: 'int8' })
  await extractSeveral({ data, cache, models: ['cnn7'], size: 64, weights: 'random', workers: 1 })
  await trainHead({ data, cache, model: 'cnn7', pool: 'concat', name: 'cnn7' })
  files = await Promise.all([31, 32, 33].map((seed) => noisePng(seed, { side: 20 })))
}, 60_000)

/** What the bundle says of the files. */
async function said(name: string): Promise<Float32Array> {
  const classifier = await Classifier.open(loadBundle(name, cache), { cache, workers: 1 })
  const answers = await classifier.classify(files)
  await classifier.close()
  return Float32Array.from(answers.flatMap((answer) => ('refused' in answer ? expect.fail(answer.refused) : [...answer.probabilities])))
}

/** What an exported model says of images, uint8 [n, side, side, 3]. */
async function answersOf(path: string, pixels: Uint8Array, side: number): Promise<ArrayLike<number>> {
  const session = await InferenceSession.create(path)
  const { probabilities } = await session.run({ image: new Tensor('uint8', pixels, [pixels.length / (side * side * 3), side, side, 3]) })
  await session.release()
  return probabilities?.data instanceof Float32Array ? probabilities.data : expect.fail('no probabilities')
}

/** The files as the network sees them, [n, side, side, 3]. */
async function seen(name: string): Promise<{ pixels: Uint8Array; side: number }> {
  const { identity } = loadBundle(name, cache)
  const pixels = await resizedPixels(files, { preprocessing: toPreprocessing(identity), side: identity.size })
  return { pixels: Buffer.concat(pixels.flatMap((one) => one ?? [])), side: identity.size }
}

describe('export --format onnx', () => {
  it.each([
    ['squish', { precision: 'int8' }, 'Expected --precision to be float32 or float16 for a head on float32 codes, got "int8".'],
    ['int8', { precision: 'float16' }, 'Expected --precision to be int8 for int8, which was trained on int8 codes, got "float16".'],
    ['pad', { anySize: true }, 'Expected --any-size to be left out, got "given". No operator of ONNX does what --resize pad does:'],
    ['squish', { embed: true }, 'Expected --embed to be with --format bundle, got "--format onnx".'],
  ] as const)('refuses %s with %j', async (bundle, options, message) => {
    await expectUsageError(
      () => exportTo({ bundle, cache, format: 'onnx', out: join(out, 'no.onnx'), ...options }),
      expect.stringContaining(message),
    )
  })

  it.each([
    ['squish', {}, 2e-6],
    ['pad', {}, 2e-6],
    ['flat', {}, 2e-6],
    ['cnn7', {}, 2e-6],
    ['cnn7', { precision: 'float16' }, 2e-3],
    ['int8', {}, 2e-3],
  ] as const)('says of the same pixels what the bundle %s says, with %j', async (bundle, options, most) => {
    const path = join(out, `${bundle}.onnx`)
    const result = await exportTo({ bundle, cache, format: 'onnx', out: path, ...options })
    expect(result).toEqual({ format: 'onnx', file: path, bytes: readFileSync(path).length, labels: ['a', 'b', 'c'] })
    const { pixels, side } = await seen(bundle)
    expectClose(await answersOf(path, pixels, side), await said(bundle), { absolute: most })
  })

  it.each([
    ['squish', 0.02],
    ['tf-bilinear', 2e-6],
    ['keras-nearest', 2e-6],
  ] as const)('resizes inside as %s does', async (bundle, most) => {
    const path = join(out, `any-${bundle}.onnx`)
    await exportTo({ bundle, cache, format: 'onnx', anySize: true, out: path })
    const whole = await resizedPixels(files, { preprocessing: toPreprocessing(loadBundle('squish', cache).identity), side: 20 }) // they are of 20 × 20: as they are
    expectClose(await answersOf(path, Buffer.concat(whole.flatMap((one) => one ?? [])), 20), await said(bundle), { absolute: most })
  })

  it('keeps half the bytes in float16, and says in the file what it is', async () => {
    const [whole, half] = [join(out, 'whole.onnx'), join(out, 'half.onnx')]
    const { bytes } = await exportTo({ bundle: 'cnn7', cache, format: 'onnx', out: whole })
    expect((await exportTo({ bundle: 'cnn7', cache, format: 'onnx', precision: 'float16', out: half })).bytes / bytes).toBeLessThan(0.55)
    const { metadata, inputs, outputs } = await readOnnx(half)
    const { fingerprint, identity } = loadBundle('cnn7', cache)
    expect(inputs).toEqual([{ name: 'image', type: 'uint8', dims: ['n', 64, 64, 3] }])
    expect(outputs).toEqual([{ name: 'probabilities', type: 'float32', dims: ['n', 3] }])
    expect(Object.fromEntries(metadata ?? [])).toMatchObject({
      'cnn-codes.name': 'cnn7',
      'cnn-codes.labels': '["a","b","c"]',
      'cnn-codes.multiLabel': 'false',
      'cnn-codes.size': '64',
      'cnn-codes.preprocessing': JSON.stringify(identity.preprocessing),
      'cnn-codes.fingerprint': fingerprint,
    })
  })

  const missing = withoutPython('onnxruntime', 'numpy')
  it.skipIf(missing)(`says the same in Python${missing ? ` (skipped: ${missing})` : ''}`, async () => {
    const path = join(out, 'python.onnx')
    await exportTo({ bundle: 'squish', cache, format: 'onnx', out: path })
    const { pixels, side } = await seen('squish')
    writeFileSync(join(out, 'pixels'), pixels)
    const program = `
import json, sys, numpy, onnxruntime
model, pixels, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = onnxruntime.InferenceSession(model)
labels = json.loads(session.get_modelmeta().custom_metadata_map["cnn-codes.labels"])
images = numpy.fromfile(pixels, numpy.uint8).reshape(-1, side, side, 3)
probabilities, = session.run(["probabilities"], {"image": images})
print(json.dumps({"labels": labels, "probabilities": probabilities.ravel().tolist()}))`
    const { labels, probabilities } = JSON.parse(runPython(program, path, join(out, 'pixels'), String(side)))
    expect(labels).toEqual(['a', 'b', 'c'])
    expectClose(probabilities, await said('squish'), { absolute: 2e-3 })
  })
})
