/** A plain (not shared) WebAssembly memory: growing it detaches every view made before. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** Adds `pages` of 64 KiB; throws a RangeError where that is not to be had. */
  grow(pages: number): number
}

/** The slice of the WebAssembly API that the kernels use. (Node's types leave it to the DOM library, which does not belong here.) */
interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> }
}

declare const WebAssembly: WebAssemblyApi

/** An empty memory of one page; it grows with what is asked of it. */
export function createMemory(): WasmMemory {
  return new WebAssembly.Memory({ initial: 1 })
}

/** Compiles a module (a few KiB: under a millisecond) and binds it to `memory`. */
export function instantiate(bytes: Uint8Array, memory: WasmMemory): Readonly<Record<string, unknown>> {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports
}
