import { readFile } from 'node:fs/promises'
import { messageOf, UserError } from '../base/errors.js'

/** The bytes of a weight file; `kind` says in errors what was expected, as in "a Keras .h5 file". */
export async function readWeightFile(path: string, kind: string): Promise<Buffer<ArrayBufferLike>> {
  return readFile(path).catch((error: unknown) => {
    throw new UserError(`Expected ${kind} at ${path}, but it cannot be read: ${messageOf(error)}. Check the path.`)
  })
}

/** Whatever went wrong while a weight file's content was read, as an error for the user; the message says what was found. */
export function wrongFile(path: string, kind: string, error: unknown): UserError {
  if (error instanceof UserError) return error
  return new UserError(`Expected ${path} to be ${kind}, found ${messageOf(error)}. Fetch or save the file again.`)
}

/**
 * The most bytes that a file of this length may unfold to: 16 times as many and 64 MiB more.
 *
 * Weights hardly compress; what claims more is a bomb.
 */
export function unfoldedLimit(fileBytes: number): number {
  return 16 * fileBytes + 64 * 2 ** 20
}

/** The number of values of a shape, or undefined where the shape is none (a dimension negative, fractional or beyond exact integers). */
export function sizeOf(shape: readonly unknown[]): number | undefined {
  let size = 1
  for (const dim of shape) {
    if (typeof dim !== 'number' || !Number.isSafeInteger(dim) || dim < 0) return undefined
    size *= dim
  }
  return Number.isSafeInteger(size) ? size : undefined
}
