import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTensorflow } from '../../../src/engine/tensorflow/load-tensorflow.js'
import { put } from '../../helpers/image-folder.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'

const tfjs = createRequire(import.meta.url).resolve('@tensorflow/tfjs')
const [gpu, cpu] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const

/** A module that says what the packages say of themselves, on top of TensorFlow.js in plain JavaScript. */
const works = (usesGpu: boolean) =>
  `const tfjs = require(${JSON.stringify(tfjs)}); tfjs.enableProdMode()
   module.exports = { ...tfjs, version: { ...tfjs.version, 'tfjs-node': '4.22.0' }, backend: () => ({ isUsingGpuDevice: ${usesGpu} }) }`

/** A file beside whose node_modules these packages are installed. */
function installed(packages: Readonly<Record<string, string>>): string {
  const folder = tempFolder()
  for (const [name, source] of Object.entries(packages)) put(folder, `node_modules/${name}/index.js`, source)
  return join(folder, 'index.js')
}

const needsGpu = 'Node 20 to 22 and, for the GPU, Linux or Windows with an NVIDIA driver of at least 450, CUDA 11.2 and cuDNN 8.1'

describe('loadTensorflow', () => {
  it('says what to install, and what it needs', async () => {
    const error = await userErrorOf(() => loadTensorflow('auto', installed({})))
    expect(error.message).toBe(
      `Expected ${gpu} or ${cpu} for --engine tensorflow, found neither beside cnn-codes. Run npm install ${cpu} (it needs Node 20 to 22), or npm install ${gpu} (it needs ${needsGpu}); both download TensorFlow while they install. Or leave out --engine.`,
    )
  })

  it.each([
    ['libcudart.so.11.0: cannot open shared object file', 'throw new Error("libcudart.so.11.0: cannot open\\n shared object file.")'],
    ['functions of TensorFlow.js are missing', 'module.exports = {}'],
    [
      'isNullOrUndefined is not a function',
      `${works(true)}; module.exports.relu = () => { throw new TypeError("isNullOrUndefined is not a function") }`,
    ],
  ])('says why a package does not work: %s', async (says, source) => {
    const error = await userErrorOf(() => loadTensorflow('auto', installed({ [gpu]: source, [cpu]: works(false) })))
    expect(error.message).toBe(
      `Expected ${gpu} to work, found that it fails on Node ${process.versions.node}: ${says}. It needs ${needsGpu}. Install it again (npm rebuild ${gpu}), or leave out --engine.`,
    )
  })

  it('refuses --device cuda where TensorFlow has no GPU', async () => {
    const error = await userErrorOf(() => loadTensorflow('cuda', installed({ [cpu]: works(false) })))
    expect(error.message).toBe(
      `Expected --device cuda to find a GPU, found that ${cpu} runs on the CPU. For the GPU ${gpu} needs ${needsGpu}. Or use --device cpu.`,
    )
  })

  it('refuses --device cpu where only the package for the GPU is there and uses it', async () => {
    const error = await userErrorOf(() => loadTensorflow('cpu', installed({ [gpu]: works(true) })))
    expect(error.message).toBe(
      `Expected --device cpu to run on the CPU, found that ${gpu}, the only one installed, runs on the GPU. Run npm install ${cpu}, or set CUDA_VISIBLE_DEVICES=-1.`,
    )
  })

  it.each([
    ['auto', { [gpu]: works(true), [cpu]: works(false) }, 'cuda'],
    ['auto', { [cpu]: works(false) }, 'cpu'],
    ['auto', { [gpu]: works(false) }, 'cpu'],
    ['cuda', { [gpu]: works(true), [cpu]: works(false) }, 'cuda'],
    ['cpu', { [gpu]: works(true), [cpu]: works(false) }, 'cpu'],
    ['cpu', { [gpu]: works(false) }, 'cpu'],
  ] as const)('--device %s of %o runs on %s', (device, packages, provider) => {
    expect(loadTensorflow(device, installed(packages))).toMatchObject({ provider, version: '4.22.0' })
  })
})
