import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fieldsOf, parseJson } from '../../base/json.js'

/** A file's name and what is in it. */
export type Content = readonly [name: string, content: string | Uint8Array]

export interface ExamplePage {
  readonly files: readonly Content[]
  /** The version of TensorFlow.js among the files; undefined where none is installed. */
  readonly tensorflow: string | undefined
}

const names = ['index.html', 'classify.js', 'resample.js'] as const
/** TensorFlow.js as the page asks for it: the build that wants no `eval`, which the page's policy forbids. */
const library = 'tf.es2017.min.js'

/**
 * The example page and its scripts, and TensorFlow.js' own (Apache-2.0), where it is installed.
 *
 * @param from files beside or below whose node_modules it is looked for: default this program, then the folder that it runs in.
 */
export function examplePage(from: readonly (string | URL)[] = [import.meta.url, join(process.cwd(), 'package.json')]): ExamplePage {
  const page = names.map((name): Content => [name, readFileSync(new URL(`../../../pages/tfjs/${name}`, import.meta.url))])
  for (const place of from) {
    const found = installed(place)
    if (found) return { files: [...page, [library, found.script]], tensorflow: found.version }
  }
  return { files: page, tensorflow: undefined }
}

function installed(from: string | URL) {
  try {
    const { resolve } = createRequire(from)
    const script = readFileSync(resolve(`@tensorflow/tfjs/dist/${library}`))
    return { script, version: String(fieldsOf(parseJson(readFileSync(resolve('@tensorflow/tfjs/package.json')))).version) }
  } catch {
    return undefined // not there, which is no mistake
  }
}
