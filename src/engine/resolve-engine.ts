import { readdirSync } from 'node:fs'
import { UserError, usageError } from '../base/errors.js'
import { parseOnnx } from '../graph/read-onnx.js'
import type { Device, GpuDevice, Probe } from './device.js'
import { type EngineInfo, type EngineName, engineInfo, type Provider } from './engine-info.js'
import { probeDevice } from './probe-device.js'
import { loadTensorflow } from './tensorflow/load-tensorflow.js'
import { compileAll } from './tensorflow/plan.js'

/** What is asked for. */
export interface EngineChoice {
  /** Default onnx. */
  readonly engine?: EngineName | undefined
  /** Default auto. */
  readonly device?: Device | undefined
  /** The bytes of the .onnx file that shall run: then every layer of it must run there. */
  readonly model?: Uint8Array | undefined
}

/**
 * Finds out what the network will run on; once, in the main thread, before any session is opened.
 *
 * @throws UserError when a device asked for by name is not there, or the engine cannot run the network.
 */
export async function resolveEngine({ engine = 'onnx', device = 'auto', model }: EngineChoice = {}): Promise<EngineInfo> {
  if (engine === 'tensorflow') return resolveTensorflow(device, model)
  const provider = await chooseProvider(device, (one) => {
    if (device === 'auto' && one === 'webgpu' && !mayHaveGraphics()) return Promise.resolve(noGraphics)
    return probeDevice(one, { model })
  })
  return { ...engineInfo(), provider }
}

/**
 * The device named, or the first GPU that is one, or else the CPU.
 *
 * @param attempt tries a device.
 */
export async function chooseProvider(device: Device, attempt: (device: GpuDevice) => Promise<Probe>): Promise<Provider> {
  if (device === 'cpu') return 'cpu'
  if (device !== 'auto') {
    const found = await attempt(device)
    if (!found.available) throw notThere(device, found.reason)
    return found.software ? 'webgpu-software' : device
  }
  for (const one of ['cuda', 'webgpu'] as const) {
    const found = await attempt(one)
    if (found.available && !found.software) return one
  }
  return 'cpu'
}

function resolveTensorflow(device: Device, model: Uint8Array | undefined): EngineInfo {
  if (device === 'webgpu') throw usageError('--device', 'auto, cpu or cuda with --engine tensorflow', device)
  const { tf, version, provider } = loadTensorflow(device)
  if (model) compileAll(tf, parseOnnx(model, 'the network'))
  return { ...engineInfo(), engine: 'tensorflow', version, provider }
}

const needs: Readonly<Record<GpuDevice, string>> = {
  cuda: 'CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and npm run setup-cuda',
  webgpu: 'WebGPU needs a graphics driver with Vulkan, Direct3D 12 or Metal',
}

function notThere(device: GpuDevice, reason: string): UserError {
  return new UserError(`Expected --device ${device} to be ready, found that ${reason}. ${needs[device]}. Or use --device cpu.`)
}

const noGraphics: Probe = { available: false, reason: 'this machine has no graphics device (nothing in /dev)' }

/** Whether a driver could find hardware: on Linux all of them go through files in /dev. Elsewhere only trying tells. */
function mayHaveGraphics(): boolean {
  if (process.platform !== 'linux') return true
  const names = [...entries('/dev'), ...entries('/dev/dri')]
  return names.some((name) => /^(renderD\d+|nvidia\d+|dxg|mali\d*|kgsl-3d0|nvhost-gpu)$/.test(name))
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
