import { createRequire } from 'node:module'
import { cpus } from 'node:os'

/** onnxruntime, or TensorFlow through TensorFlow.js. */
export const engines = ['onnx', 'tensorflow'] as const

export type EngineName = (typeof engines)[number]

/** What computes; webgpu-software is a WebGPU adapter that is a program on the CPU (SwiftShader, llvmpipe, WARP). */
export type Provider = 'cpu' | 'cuda' | 'webgpu' | 'webgpu-software'

/** What ran the network, as every run records it: results are equal bytes only where all of this is equal. */
export interface EngineInfo {
  readonly engine: EngineName
  readonly version: string
  readonly provider: Provider
  readonly cpu: string
}

/** onnxruntime on this machine's CPU. */
export function engineInfo(): EngineInfo & { readonly engine: 'onnx'; readonly provider: 'cpu' } {
  return { engine: 'onnx', version: versionOf('onnxruntime-node'), provider: 'cpu', cpu: cpus()[0]?.model ?? 'unknown' }
}

/** A package's version, without loading the package. */
function versionOf(name: string): string {
  const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`)
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
}
