import { createRequire } from 'node:module'
import { cpus } from 'node:os'

/** What ran the network, as every run records it: results are equal bytes only where all of this is equal. */
export interface EngineInfo {
  readonly engine: 'onnx'
  readonly version: string
  readonly provider: 'cpu'
  readonly cpu: string
}

/** This machine's engine. */
export function engineInfo(): EngineInfo {
  return { engine: 'onnx', version: versionOf('onnxruntime-node'), provider: 'cpu', cpu: cpus()[0]?.model ?? 'unknown' }
}

/** A package's version, without loading the package. */
function versionOf(name: string): string {
  const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`)
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
}
