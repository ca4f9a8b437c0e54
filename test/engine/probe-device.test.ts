import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { binaries, missingLibrary, probeDevice, probeFrom } from '../../src/engine/probe-device.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'

const onLinux = process.platform === 'linux' && process.arch === 'x64'

/** On Linux WebGPU goes through Vulkan, whose loader takes drivers from here alone. */
const noDrivers = { ...process.env, VK_DRIVER_FILES: '/nowhere', VK_ICD_FILENAMES: '/nowhere' }

describe('probeDevice', () => {
  it.runIf(onLinux)('says why WebGPU is not there', async () => {
    expect(await probeDevice('webgpu', { environment: noDrivers })).toEqual({
      available: false,
      reason: 'it does not start: Failed to get a WebGPU adapter: No supported adapters',
    })
  })

  it.runIf(onLinux)('survives a process that ends without a word', async () => {
    expect(
      await probeDevice('webgpu', { environment: { ...noDrivers, NODE_OPTIONS: '--no-such-option' }, model: new Uint8Array(10_000_000) }),
    ).toEqual({
      available: false,
      reason: 'its driver ended the process that tried it (exit code 9)',
    })
  })

  it.runIf(onLinux)('reads the result whatever a driver prints', async () => {
    const folder = tempFolder()
    put(folder, 'driver.cjs', 'process.stdout.write("driver 1.0\\n{}")')
    const found = await probeDevice('webgpu', { environment: { ...noDrivers, NODE_OPTIONS: `--require ${join(folder, 'driver.cjs')}` } })
    expect(found).toEqual({ available: false, reason: 'it does not start: Failed to get a WebGPU adapter: No supported adapters' })
  })

  it.runIf(onLinux)('says when the system refuses the process', async () => {
    const environment = { ...noDrivers, LONG: 'x'.repeat(2 ** 22) }
    expect(await probeDevice('webgpu', { environment })).toEqual({
      available: false,
      reason: 'the process that tries it does not start (E2BIG)',
    })
  })

  it.runIf(onLinux)('says when its program cannot be run', async () => {
    const { execPath } = process
    process.execPath = '/nowhere/node'
    try {
      expect(await probeDevice('webgpu')).toEqual({ available: false, reason: 'the process that tries it does not start (ENOENT)' })
    } finally {
      process.execPath = execPath
    }
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

  it.each([
    ['{"available":true,"software":false}', { available: true, software: false }],
    ['{"available":false,"reason":"it is old"}', { available: false, reason: 'it is old' }],
    ['', undefined],
    ['{"available":tr', undefined],
    ['null', undefined],
    ['{}', undefined],
    ['{"available":"true","software":false}', undefined],
    ['{"available":true}', undefined],
    ['{"available":true,"software":0}', undefined],
    ['{"available":false}', undefined],
    ['{"available":false,"reason":1}', undefined],
  ])('takes a result only where it is one: %s', (said, found) => {
    expect(probeFrom(said)).toEqual(found)
  })

  it("finds the folder of onnxruntime's libraries", () => {
    expect(readdirSync(binaries())).toContain('onnxruntime_binding.node')
  })

  it('never finds a GPU that is hidden', async () => {
    const found = await probeDevice('cuda', { environment: { ...process.env, CUDA_VISIBLE_DEVICES: '-1' } })
    expect(found).toEqual({ available: false, reason: withoutCuda() })
  })
})

function withoutCuda(): unknown {
  if (!onLinux) return `onnxruntime has no cuda for ${process.platform} on ${process.arch}`
  const isFetched = existsSync(join(binaries(), 'libonnxruntime_providers_cuda.so'))
  // CUDA's own words, or the library that is missing, follow.
  return isFetched
    ? expect.stringMatching(/^it does not start: ./)
    : "onnxruntime's CUDA libraries are not installed (npm run setup-cuda fetches them)"
}
