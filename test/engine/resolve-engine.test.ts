import { describe, expect, it } from 'vitest'
import { type Device, devices, type GpuDevice, type Probe, sessionsAtOnce } from '../../src/engine/device.js'
import { engineInfo } from '../../src/engine/engine-info.js'
import { openSession } from '../../src/engine/open-session.js'
import { chooseProvider, resolveEngine } from '../../src/engine/resolve-engine.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, noiseFloats } from '../helpers/tiny-graph.js'

const gpu: Probe = { available: true, software: false }
const software: Probe = { available: true, software: true }
const none: Probe = { available: false, reason: 'there is none' }

describe('chooseProvider', () => {
  it.each([
    ['cuda', 'CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and npm run setup-cuda'],
    ['webgpu', 'WebGPU needs a graphics driver with Vulkan, Direct3D 12 or Metal'],
  ] as const)('refuses --device %s that is not there', async (device, needs) => {
    const error = await userErrorOf(() => chooseProvider(device, async () => none))
    expect(error.message).toBe(`Expected --device ${device} to be ready, found that there is none. ${needs}. Or use --device cpu.`)
    expect(error.exitCode).toBe(1)
  })

  const machines: readonly (readonly [string, Device, Record<GpuDevice, Probe>, string])[] = [
    ['both', 'auto', { cuda: gpu, webgpu: gpu }, 'cuda'],
    ['WebGPU', 'auto', { cuda: none, webgpu: gpu }, 'webgpu'],
    ['neither', 'auto', { cuda: none, webgpu: none }, 'cpu'],
    ['WebGPU in software', 'auto', { cuda: none, webgpu: software }, 'cpu'],
    ['WebGPU in software', 'webgpu', { cuda: none, webgpu: software }, 'webgpu-software'],
    ['both', 'webgpu', { cuda: gpu, webgpu: gpu }, 'webgpu'],
    ['both', 'cuda', { cuda: gpu, webgpu: gpu }, 'cuda'],
    ['both', 'cpu', { cuda: gpu, webgpu: gpu }, 'cpu'],
  ]
  it.each(machines)('of a machine that has %s, --device %s', async (_, device, probes, provider) => {
    expect(await chooseProvider(device, async (one) => probes[one])).toBe(provider)
  })

  it('tries nothing for the CPU, and WebGPU only without CUDA', async () => {
    const tried: string[] = []
    for (const device of devices) {
      await chooseProvider(device, async (one) => {
        tried.push(`${device}: ${one}`)
        return gpu
      })
    }
    expect(tried).toEqual(['auto: cuda', 'cuda: cuda', 'webgpu: webgpu'])
  })
})

describe('resolveEngine', () => {
  it('refuses WebGPU for TensorFlow', async () => {
    const error = await userErrorOf(() => resolveEngine({ engine: 'tensorflow', device: 'webgpu' }))
    expect(error.message).toBe('Expected --device to be auto, cpu or cuda with --engine tensorflow, got "webgpu".')
    expect(error.exitCode).toBe(2)
  })

  it('says what TensorFlow lacks here', async () => {
    const error = await userErrorOf(() => resolveEngine({ engine: 'tensorflow' }))
    expect(error.message).toContain('Expected @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node for --engine tensorflow, found neither')
  })

  it('names onnxruntime on the CPU', async () => {
    expect(await resolveEngine({ device: 'cpu' })).toEqual(engineInfo())
  })
})

describe('openSession', () => {
  const model = writeOnnx(convolution())

  it('opens on onnxruntime and the CPU by default', async () => {
    const session = await openSession({ model, threads: 1 })
    expect((await session.run(noiseFloats(192), [1, 3, 8, 8])).dims).toEqual([1, 4, 6, 6])
    await session.release()
  })

  it('tries nothing else than what it is told', async () => {
    const error = await userErrorOf(() => openSession({ model, threads: 1, on: { engine: 'tensorflow', provider: 'cpu' } }))
    expect(error.message).toContain('found neither')
  })
})

describe('sessionsAtOnce', () => {
  it.each([
    ['onnx', 'cpu', Number.POSITIVE_INFINITY],
    ['onnx', 'cuda', Number.POSITIVE_INFINITY],
    ['onnx', 'webgpu', 1],
    ['onnx', 'webgpu-software', 1],
    ['tensorflow', 'cpu', 1],
    ['tensorflow', 'cuda', 1],
  ] as const)('%s on %s: %d', (engine, provider, count) => {
    expect(sessionsAtOnce({ engine, provider })).toBe(count)
  })
})
