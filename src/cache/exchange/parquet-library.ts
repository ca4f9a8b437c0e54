import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The Parquet library, loaded when it is first needed: its WebAssembly of 5 MB takes a tenth of a second. */
export function parquetLibrary(): typeof import('parquet-wasm') {
  return require('parquet-wasm')
}
