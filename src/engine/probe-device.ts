import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import type { GpuDevice, Probe } from './device.js'

/** Runs from src/ (tests) and dist/ alike: the process needs the built file. */
const program = fileURLToPath(new URL('../../dist/engine/device-probe.js', import.meta.url))

/** No driver that works takes longer to start. */
const patience = 120_000

export interface ProbeOptions {
  /** An .onnx file's bytes that must open on the device, all of its layers. */
  readonly model?: Uint8Array | undefined
  /** Environment of the process that tries, default this one's. */
  readonly environment?: NodeJS.ProcessEnv
}

/**
 * Tries a device of onnxruntime in a process of its own: whether it is there, computes the CPU's numbers, and is a GPU.
 *
 * onnxruntime does not tell which adapter WebGPU took. So what is asked is who does the work: SwiftShader took 350 times
 * the CPU time that onnxruntime's own kernels take for the same network, llvmpipe 30 times; a GPU leaves the CPU idle.
 */
export async function probeDevice(device: GpuDevice, options: ProbeOptions = {}): Promise<Probe> {
  const missing = await missingPart(device)
  if (missing) return { available: false, reason: missing }
  try {
    const { said, log, end } = await runProgram(device, options)
    const found = probeFrom(said) ?? { available: false, reason: `its driver ended the process that tried it (${end})` }
    return found.available ? found : { available: false, reason: `${found.reason}${missingLibrary(log)}` }
  } catch (error) {
    return { available: false, reason: `the process that tries it does not start (${errorCode(error) ?? messageOf(error)})` }
  }
}

/** What the program said, what it and the drivers logged, and how it ended. */
async function runProgram(device: GpuDevice, { model, environment: env = process.env }: ProbeOptions) {
  const child = spawn(process.execPath, [program, device], { env, stdio: ['pipe', 'ignore', 'pipe', 'pipe'], timeout: patience })
  await once(child, 'spawn') // throws the system's error where there is none
  const [input, , log, result] = child.stdio
  if (!input || !log || !(result instanceof Readable)) throw new Error('no streams')
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', (error) => resolve(error.message)) // it could not be ended
  })
  input.on('error', () => undefined) // it ended without reading the network: its exit tells why
  input.end(model)
  const [said, logged, end] = await Promise.all([text(result), text(log), ended])
  return { said, log: logged, end }
}

/** What the device lacks that needs no trying. onnxruntime is loaded only where nothing else tells. */
async function missingPart(device: GpuDevice): Promise<string | undefined> {
  const { platform, arch } = process
  const foreign = `onnxruntime has no ${device} for ${platform} on ${arch}`
  if (device === 'cuda') {
    if (platform !== 'linux' || arch !== 'x64') return foreign
    const there = existsSync(join(binaries(), 'libonnxruntime_providers_cuda.so'))
    return there ? undefined : "onnxruntime's CUDA libraries are not installed (npm run setup-cuda fetches them)"
  }
  const { listSupportedBackends } = await import('onnxruntime-node')
  return listSupportedBackends().some(({ name }) => name === device) ? undefined : foreign
}

/** Where onnxruntime-node keeps its libraries for this machine: in one folder for each version of Node's interface. */
export function binaries(): string {
  const bin = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin')
  const folders = readdirSync(bin).filter((name) => name.startsWith('napi-v'))
  const places = folders.map((name) => join(bin, name, process.platform, process.arch))
  const place = places.find((path) => existsSync(path))
  if (place) return place
  throw new UserError(
    `Expected onnxruntime's libraries for ${process.platform} on ${process.arch} in ${bin}, found none. Install onnxruntime-node again.`,
  )
}

/** What the program found, if this is all of it. */
export function probeFrom(said: string): Probe | undefined {
  try {
    const found: unknown = JSON.parse(said)
    return isProbe(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isProbe(found: unknown): found is Probe {
  if (typeof found !== 'object' || found === null || !('available' in found)) return false
  if (found.available === true) return 'software' in found && typeof found.software === 'boolean'
  return found.available === false && 'reason' in found && typeof found.reason === 'string'
}

/** The library that the system's loader did not find, as onnxruntime's log names it; '' where it names none. */
export function missingLibrary(log: string): string {
  const named = /with error: (?:\S+: )?(\S+\.so\S*): cannot open shared object file/.exec(log)?.[1]
  return named ? `: ${named.replace(/.*\//, '')} is missing` : ''
}
