import { createRequire } from 'node:module'
import { clauseOf, UserError } from '../base/errors.js'
import { isInstalled } from '../base/is-installed.js'

/** What is used of @julusian/jpeg-turbo, an optional dependency. */
export interface JpegTurbo {
  readonly FORMAT_RGB: number
  /**
   * Decodes into `target`, with the fast DCT.
   *
   * @throws Error for damage, for whatever libjpeg-turbo warns about, and where `target` is too small.
   */
  decompressSync(image: Buffer, target: Buffer, options: { readonly format: number }): { readonly width: number; readonly height: number }
}

const packageName = '@julusian/jpeg-turbo'

/**
 * Loads the binding of libjpeg-turbo.
 *
 * @param from where the package is looked for: the path or address of a file beside its node_modules, or below.
 * @throws UserError where it is not installed, or does not work on this system.
 */
export function loadJpegTurbo(from: string | URL = import.meta.url): JpegTurbo {
  const require = createRequire(from)
  if (!isInstalled(require, packageName)) throw unusable('none beside cnn-codes')
  try {
    const module: unknown = require(packageName)
    if (!isJpegTurbo(module)) throw new Error('decompressSync is missing')
    return module
  } catch (error) {
    throw unusable(`that it fails here: ${clauseOf(error)}`)
  }
}

function unusable(found: string): UserError {
  return new UserError(
    `Expected the package ${packageName} for --decoder fast, found ${found}. Run npm install ${packageName}, or leave out --decoder.`,
  )
}

function isJpegTurbo(module: unknown): module is JpegTurbo {
  return (
    typeof module === 'object' &&
    module !== null &&
    typeof Reflect.get(module, 'FORMAT_RGB') === 'number' &&
    typeof Reflect.get(module, 'decompressSync') === 'function'
  )
}
