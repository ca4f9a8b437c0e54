import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { expectClose } from '../helpers/expect-close.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { runCli, runCliWith } from '../helpers/run-cli.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const data = await imageFolder({ a: 3, b: 2 })

/** A place for modules with a stand-in for @tensorflow/tfjs-node: TensorFlow.js in plain JavaScript. */
function withTensorflow(): Record<string, string> {
  const folder = tempFolder()
  const tfjs = JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs'))
  const source = `const tfjs = require(${tfjs}); tfjs.enableProdMode()
    module.exports = { ...tfjs, version: { ...tfjs.version, 'tfjs-node': '4.22.0' } }`
  put(folder, '@tensorflow/tfjs-node/index.js', source)
  return { NODE_PATH: folder }
}

describe('codes --engine tensorflow', () => {
  it('gives what onnxruntime gives, and says what ran', async () => {
    const [onnx, tensorflow] = [tempFolder(), tempFolder()]
    const codes = (cache: string) => ['codes', '--data', data, '--model', model, '--cache', cache, '--dtype', 'float32', '--json']
    const expected = JSON.parse(runCli(...codes(onnx)).stdout)
    const { stdout, stderr, status } = runCliWith(withTensorflow(), ...codes(tensorflow), '--engine', 'tensorflow', '--workers', '3')
    expect([stderr, status]).toEqual(['', 0])
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ engine: 'tensorflow', provider: 'cpu', computed: 5, fingerprint: expected.fingerprint })
    expect(expected).toMatchObject({ engine: 'onnx', computed: 5 })
    const [a, b] = [codesByPath(onnx, expected.fingerprint, data), codesByPath(tensorflow, found.fingerprint, data)]
    expect(b.size).toBe(5)
    for (const [path, code] of b) expectClose(code, a.get(path) ?? [], { absolute: 1e-3 * deviation(code) })
  })

  it.each([
    [
      ['--engine', 'tensorflow'],
      1,
      /^cnn-codes: Expected @tensorflow\/tfjs-node-gpu or @tensorflow\/tfjs-node for --engine tensorflow, found neither/,
    ],
    [
      ['--engine', 'tensorflow', '--precision', 'int8'],
      2,
      /^cnn-codes: Expected --precision to be float32 with --engine tensorflow, got "int8"\./,
    ],
    [
      ['--engine', 'tensorflow', '--device', 'webgpu'],
      2,
      /^cnn-codes: Expected --device to be auto, cpu or cuda with --engine tensorflow, got "webgpu"\./,
    ],
  ] as const)('is refused: %s', (options, status, message) => {
    const cache = tempFolder()
    const run = runCli('codes', '--data', data, '--model', model, '--cache', cache, ...options)
    expect([run.status, run.stdout]).toEqual([status, ''])
    expect(run.stderr).toMatch(message)
    expect(existsSync(`${cache}/codes-v1`)).toBe(false)
  })
})

const hasGpu = existsSync('/dev/nvidia0') || existsSync('/dev/dri')

it.skipIf(hasGpu).each(['cuda', 'webgpu'])('codes --device %s is an error where there is none', (device) => {
  const run = runCli('codes', '--data', data, '--model', model, '--cache', tempFolder(), '--device', device)
  expect([run.status, run.stdout]).toEqual([1, ''])
  expect(run.stderr).toMatch(new RegExp(`^cnn-codes: Expected --device ${device} to be ready, found that `))
})

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
