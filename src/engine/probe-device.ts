import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
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
export async function probeDevice(device: GpuDevice, { model, environment = process.env }: ProbeOptions = {}): Promise<Probe> {
  const missing = await missingPart(device)
  if (missing) return { available: false, reason: missing }
  const child = spawn(process.execPath, [program, device], { env: environment, stdio: 'pipe', timeout: patience })
  child.stdin.on('error', () => undefined) // it ended without reading the network: its exit tells why
  child.stdin.end(model)
  const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`)))
  const [printed, log, end] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  const found = parse(printed) ?? { available: false, reason: `its driver ended the process that tried it (${end})` }
  return found.available ? found : { available: false, reason: `${found.reason}${missingLibrary(log)}` }
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

/** Where onnxruntime-node keeps its libraries for this machine. */
export function binaries(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  return join(root, 'bin', 'napi-v6', process.platform, process.arch)
}

function parse(printed: string): Probe | undefined {
  try {
    const found: Probe = JSON.parse(printed)
    return found
  } catch {
    return undefined
  }
}

/** The library that the system's loader did not find, as onnxruntime's log names it; '' where it names none. */
export function missingLibrary(log: string): string {
  const named = /with error: (?:\S+: )?(\S+\.so\S*): cannot open shared object file/.exec(log)?.[1]
  return named ? `: ${named.replace(/.*\//, '')} is missing` : ''
}
