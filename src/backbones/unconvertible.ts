import { UserError } from '../base/errors.js'

/** Something in a model's file that cannot be converted; the message says what was found. */
export class Unconvertible extends Error {
  override readonly name = 'Unconvertible'
}

/** Converts the model in the file at `path`; what cannot be converted becomes an error for the user. */
export function converting<T>(path: string, convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    if (!(error instanceof Unconvertible)) throw error
    throw new UserError(
      `Expected ${path} to be a model of ordinary layers, found ${error.message}. Save it again, or export it to ONNX and give the .onnx file to --model.`,
    )
  }
}
