import { describe, expect, it } from 'vitest'
import { missingLibrary, probeDevice } from '../../src/engine/probe-device.js'

/** On Linux WebGPU goes through Vulkan, whose loader takes drivers from here alone. */
const noDrivers = { ...process.env, VK_DRIVER_FILES: '/nowhere', VK_ICD_FILENAMES: '/nowhere' }

describe('probeDevice', () => {
  it.runIf(process.platform === 'linux' && process.arch === 'x64')('says why WebGPU is not there', async () => {
    expect(await probeDevice('webgpu', { environment: noDrivers })).toEqual({
      available: false,
      reason: 'it does not start: Failed to get a WebGPU adapter: No supported adapters',
    })
  })

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('survives a process that ends without a word', async () => {
    expect(
      await probeDevice('webgpu', { environment: { ...noDrivers, NODE_OPTIONS: '--no-such-option' }, model: new Uint8Array(10_000_000) }),
    ).toEqual({
      available: false,
      reason: 'its driver ended the process that tried it (exit code 9)',
    })
  })

  it.each([
    ['nothing', ''],
    [
      '[E:onnxruntime] Failed to load library /a/libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory',
      ': libcublasLt.so.12 is missing',
    ],
    [
      '[E:onnxruntime] Failed to load library /a/libx.so with error: /a/libx.so: cannot open shared object file: No such file or directory',
      ': libx.so is missing',
    ],
    ['[E:onnxruntime] Failed to get symbol Provider_SetHost with error: /a/libx.so: undefined symbol: Provider_SetHost', ''],
  ])('reads the missing library from the log: %s', (log, said) => {
    expect(missingLibrary(log)).toBe(said)
  })

  it('never finds a GPU that is hidden', async () => {
    const found = await probeDevice('cuda', { environment: { ...process.env, CUDA_VISIBLE_DEVICES: '-1' } })
    expect(found).toEqual({ available: false, reason: expect.stringMatching(/./) })
  })
})
