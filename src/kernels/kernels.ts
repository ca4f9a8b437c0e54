import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { messageOf, UserError } from '../base/errors.js'
import { createMemory, instantiate, type WasmMemory } from './webassembly.js'

/** A byte offset into the kernels' memory. */
export type Pointer = number

/** The WebAssembly kernels (SIMD) with their memory. One for each thread; what each does stands in src/kernels/assembly. */
export interface Kernels {
  readonly memory: WasmMemory
  /** Where the working memory begins, aligned to 16. */
  readonly base: Pointer
  /**
   * Sees to at least `bytes` bytes of working memory and returns `base`: always the same bytes, the caller's until the next call.
   * May grow the memory, so make views on `memory.buffer` afterwards.
   */
  scratch(bytes: number): Pointer
  /** Returns bit 1: a finite value became infinite; bit 2: infinities or NaN in the input. Both sides padded to 8 values. */
  float32ToFloat16(source: Pointer, target: Pointer, count: number): number
  float16ToFloat32(source: Pointer, target: Pointer, count: number): void
  // biome-ignore format: one signature a line, as in assembly/
  resampleHorizontal(source: Pointer, stride: number, rows: number, target: Pointer, targetStride: number, table: Pointer, tableStride: number, width: number): void
  resampleVertical(source: Pointer, target: Pointer, stride: number, table: Pointer, tableStride: number, height: number): void
  // biome-ignore format: one signature a line, as in assembly/
  tfBilinearRow(top: Pointer, bottom: Pointer, table: Pointer, width: number, parameters: Pointer, red: Pointer, green: Pointer, blue: Pointer, step: number): void
  // biome-ignore format: one signature a line, as in assembly/
  normalisePlanar(source: Pointer, stride: number, width: number, height: number, parameters: Pointer, red: Pointer, green: Pointer, blue: Pointer): void
  // biome-ignore format: one signature a line, as in assembly/
  normaliseInterleaved(source: Pointer, stride: number, width: number, height: number, parameters: Pointer, target: Pointer, reverse: number): void
  // Steps of optimizers: weights, gradient, state; rows of values (count, rows, skip); what makes the gradient (scale, l1, l2); the rule's own numbers.
  sgd(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
  momentum(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
  rmsprop(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
  adam(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
  adadelta(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
  adagrad(weights: Pointer, gradient: Pointer, ...numbers: number[]): void
}

export interface KernelOptions {
  /** The memory to work in; the kernels own all of it. Default: a new one. */
  readonly memory?: WasmMemory
  /** The compiled kernels. Default: what `npm run build` makes. */
  readonly wasm?: URL
}

const PAGE_BYTES = 65_536
const COMPILED = new URL('../../dist/kernels/kernels.wasm', import.meta.url)

/** Loads the compiled kernels (under a millisecond) into their own memory. */
export function createKernels({ memory = createMemory(), wasm = COMPILED }: KernelOptions = {}): Kernels {
  const exports = instantiate(readCompiled(wasm), memory)
  const base = exported(exports, 'heapBase')()
  return {
    memory,
    base,
    scratch(bytes) {
      reserve(memory, base + bytes)
      return base
    },
    float32ToFloat16: exported(exports, 'float32ToFloat16'),
    float16ToFloat32: exported(exports, 'float16ToFloat32'),
    resampleHorizontal: exported(exports, 'resampleHorizontal'),
    resampleVertical: exported(exports, 'resampleVertical'),
    tfBilinearRow: exported(exports, 'tfBilinearRow'),
    normalisePlanar: exported(exports, 'normalisePlanar'),
    normaliseInterleaved: exported(exports, 'normaliseInterleaved'),
    sgd: exported(exports, 'sgd'),
    momentum: exported(exports, 'momentum'),
    rmsprop: exported(exports, 'rmsprop'),
    adam: exported(exports, 'adam'),
    adadelta: exported(exports, 'adadelta'),
    adagrad: exported(exports, 'adagrad'),
  }
}

function readCompiled(wasm: URL): Uint8Array {
  try {
    return readFileSync(wasm)
  } catch {
    throw new UserError(`Expected the compiled kernels at ${fileURLToPath(wasm)}, found none. Run \`npm run build\` first.`)
  }
}

function exported(exports: Readonly<Record<string, unknown>>, name: string): (...values: number[]) => number {
  const value = exports[name]
  if (typeof value !== 'function')
    throw new UserError(`The compiled kernels lack "${name}": they are older than the code. Run \`npm run build\`.`)
  return (...values) => Number(value(...values))
}

function reserve(memory: WasmMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength
  if (missing <= 0) return
  try {
    memory.grow(Math.ceil(missing / PAGE_BYTES))
  } catch (error) {
    throw new RangeError(`The kernels need ${Math.ceil(bytes / 2 ** 20)} MiB of WebAssembly memory: ${messageOf(error)}`)
  }
}
