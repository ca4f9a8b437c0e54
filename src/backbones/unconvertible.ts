import { UserError } from '../base/errors.js'

/** Something in a model's file that cannot be converted; the message says what was found. */
export class Unconvertible extends Error {
  override readonly name: string = 'Unconvertible'
}

/** Weights that do not belong to the layers: the file may have been damaged or put together wrongly. */
export class UnfitWeights extends Unconvertible {
  override readonly name = 'UnfitWeights'
}

/**
 * Converts the model in the file at `path`; what cannot be converted becomes an error for the user.
 *
 * @param canCut whether only what `--layer` needs is converted; default false.
 */
export function converting<T>(path: string, convert: () => T, { canCut = false } = {}): T {
  try {
    return convert()
  } catch (error) {
    if (!(error instanceof Unconvertible)) throw error
    throw new UserError(`Expected ${path} to be a model of ordinary layers, found ${error.message}. ${fixOf(error, canCut)}`)
  }
}

function fixOf(error: Unconvertible, canCut: boolean): string {
  const exporting = 'xport it to ONNX and give the .onnx file to --model'
  if (error instanceof UnfitWeights) return `Save it again, or e${exporting}.`
  return `E${exporting}${canCut ? ', or end before that with --layer' : ''}.`
}
