import { createRequire } from 'node:module'
import { clauseOf, UserError } from '../../base/errors.js'
import { isInstalled } from '../../base/is-installed.js'
import { isTensorflow, type Tensorflow } from './tensorflow.js'

/** TensorFlow.js as it is installed here. */
export interface LoadedTensorflow {
  readonly tf: Tensorflow
  /** Of the package. */
  readonly version: string
  readonly provider: 'cpu' | 'cuda'
}

type PackageName = '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node'

/** What each package needs, as their own README and install script say (4.22, TensorFlow 2.9). */
const needs: Readonly<Record<PackageName, string>> = {
  '@tensorflow/tfjs-node-gpu':
    'Node 20 to 22 and, for the GPU, Linux or Windows with an NVIDIA driver of at least 450, CUDA 11.2 and cuDNN 8.1',
  '@tensorflow/tfjs-node': 'Node 20 to 22',
}

/**
 * Loads @tensorflow/tfjs-node-gpu, or else @tensorflow/tfjs-node; for the CPU the other way round.
 *
 * @param from where the packages are looked for: the path or address of a file beside their node_modules, or below.
 * @throws UserError when neither is installed, when what is installed does not work, or when it runs on another device.
 */
export function loadTensorflow(device: 'auto' | 'cpu' | 'cuda', from: string | URL = import.meta.url): LoadedTensorflow {
  const require = createRequire(from)
  const names: PackageName[] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']
  const name = (device === 'cpu' ? names.reverse() : names).find((candidate) => isInstalled(require, candidate))
  if (!name) throw notInstalled()
  const tf = load(require, name)
  const provider = usesGpu(tf) ? 'cuda' : 'cpu'
  if (device !== 'auto' && device !== provider) throw otherDevice(name, device)
  return { tf, version: tf.version['tfjs-node'] ?? 'unknown', provider }
}

/** Loads a package and computes something with it: some failures show only then. */
function load(require: NodeJS.Require, name: PackageName): Tensorflow {
  try {
    const module: unknown = require(name)
    if (!isTensorflow(module)) throw new Error('functions of TensorFlow.js are missing')
    module.tidy(() => module.relu(module.tensor([1], [1], 'float32'))).dispose()
    return module
  } catch (error) {
    throw new UserError(
      `Expected ${name} to work, found that it fails on Node ${process.versions.node}: ${clauseOf(error)}. It needs ${needs[name]}. Install it again (npm rebuild ${name}), or leave out --engine.`,
    )
  }
}

function usesGpu(tf: Tensorflow): boolean {
  const backend = tf.backend()
  return typeof backend === 'object' && backend !== null && Reflect.get(backend, 'isUsingGpuDevice') === true
}

function notInstalled(): UserError {
  const [gpu, cpu] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const
  return new UserError(
    `Expected ${gpu} or ${cpu} for --engine tensorflow, found neither beside cnn-codes. Run npm install ${cpu} (it needs ${needs[cpu]}), or npm install ${gpu} (it needs ${needs[gpu]}); both download TensorFlow while they install. Or leave out --engine.`,
  )
}

function otherDevice(name: PackageName, device: 'cpu' | 'cuda'): UserError {
  return device === 'cuda'
    ? new UserError(
        `Expected --device cuda to find a GPU, found that ${name} runs on the CPU. For the GPU @tensorflow/tfjs-node-gpu needs ${needs['@tensorflow/tfjs-node-gpu']}. Or use --device cpu.`,
      )
    : new UserError(
        `Expected --device cpu to run on the CPU, found that ${name}, the only one installed, runs on the GPU. Run npm install @tensorflow/tfjs-node, or set CUDA_VISIBLE_DEVICES=-1.`,
      )
}
