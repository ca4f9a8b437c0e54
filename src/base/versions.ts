import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fieldsOf, parseJson } from './json.js'

/** Versions of what a run was made by. */
export type Versions = { readonly 'cnn-codes': string; readonly node: string; readonly onnxruntime: string }

export function versions(): Versions {
  const { resolve } = createRequire(import.meta.url)
  const versionIn = (file: string | URL) => String(fieldsOf(parseJson(readFileSync(file))).version)
  return {
    'cnn-codes': versionIn(new URL('../../package.json', import.meta.url)),
    node: process.versions.node,
    onnxruntime: versionIn(resolve('onnxruntime-node/package.json')),
  }
}
