import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportKeras } from '../../../src/bundle/keras/export-keras.js'
import { kerasLayers } from '../../../src/bundle/keras/keras-layers.js'
import { loadBundle } from '../../../src/bundle/load-bundle.js'
import { trainHead } from '../../../src/evaluate/train-head.js'
import { withH5 } from '../../../src/weights/h5-file.js'
import { codedDataSet } from '../../helpers/coded-data-set.js'
import { expectClose } from '../../helpers/expect-close.js'
import { runPython, withoutPython } from '../../helpers/python.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'

const few = { epochs: 3, batch: 16, lr: 0.01 } as const
const three = { ant: 20, bee: 15, cow: 25 }

async function bundleOf(options: object, counts: Readonly<Record<string, number>> = three) {
  const made = await codedDataSet({ counts, shape: [2, 2, 12], signal: 3 })
  return loadBundle((await trainHead({ ...made, ...options })).bundle ?? '', made.cache)
}

describe('export --format keras', () => {
  it('refuses what Keras has not so', async () => {
    const bundle = await bundleOf({ head: 'dense:4:gelu,softmax', ...few })
    const { message } = await userErrorOf(() => exportKeras(bundle, { out: join(tempFolder(), 'no.h5') }))
    expect(message).toBe(
      'Expected a head of dense layers, batch norms and relu, relu6, leaky-relu, elu or silu for --format keras, found "gelu". Take --format onnx, or train another head.',
    )
  })

  it('writes a whole model in the layout of Keras, the temperature in its last weights', async () => {
    const out = join(tempFolder(), 'new/head.h5')
    const bundle = await bundleOf({ pool: 'avg', l2: 1, calibrate: true })
    const { bytes, labels } = await exportKeras(bundle, { out })
    const written = readFileSync(out)
    expect([bytes, labels]).toEqual([written.length, ['ant', 'bee', 'cow']])
    const kernel = await withH5(written, (root) => root.numbers('model_weights/dense_0/dense_0/kernel'))
    expect(kernel.shape).toEqual([12, 3])
    const own = bundle.layers[0]?.tensors.kernel?.data ?? expect.fail('no kernel')
    expect(bundle.temperature).not.toBe(1)
    expectClose(
      kernel.data,
      own.map((value) => value / bundle.temperature),
      { relative: 1e-6 },
    )
  })

  it('gives both of two classes that one sigmoid tells', async () => {
    const bundle = await bundleOf({ head: 'sigmoid', solver: 'adam', ...few }, { ant: 20, bee: 20 })
    const layers = kerasLayers(bundle)
    expect(layers.map(({ className, config }) => [className, config.activation])).toEqual([
      ['Dense', 'linear'],
      ['Activation', 'softmax'],
    ])
    expect(layers[0]?.weights.map(({ shape }) => shape)).toEqual([[48, 2], [2]])
  })

  const missing = withoutPython('keras', 'h5py')
  it.skipIf(missing).each([
    [{}, three],
    [{ pool: 'avg', l2: 1, calibrate: true }, three],
    [{ head: 'fastai', pool: 'concat', ...few }, three],
    [{ head: 'dense:8:relu6,dense:6:leaky-relu,dense:5:elu,bn,dense:7:silu,softmax', ...few }, three],
    [
      { head: 'sigmoid', solver: 'adam', ...few },
      { ant: 20, bee: 20 },
    ],
  ])(
    `says the same in Keras, of a head by %j${missing ? ` (skipped: ${missing})` : ''}`,
    async (options, counts) => {
      const folder = tempFolder()
      const bundle = await bundleOf(options, counts)
      await exportKeras(bundle, { out: join(folder, 'head.h5') })
      const { answers, codes = expect.fail('no codes') } = bundle.selfTest ?? expect.fail('no self-test')
      writeFileSync(join(folder, 'codes'), Buffer.from(codes.data.buffer, codes.data.byteOffset, codes.data.byteLength))
      const program = `
import json, sys, numpy, keras
model = keras.models.load_model(sys.argv[1])
codes = numpy.fromfile(sys.argv[2], numpy.float32).reshape(8, -1)
print(json.dumps(numpy.asarray(model(codes)).ravel().tolist()))`
      expectClose(
        JSON.parse(runPython(program, join(folder, 'head.h5'), join(folder, 'codes')).trim().split('\n').at(-1) ?? ''),
        answers.data,
        { absolute: 1e-5 },
      )
    },
    60_000,
  )
})
