import { checkHeadName } from '../heads/save-head.js'
import { codesHere } from './codes-here.js'
import { type DataSetOptions, openDataSet } from './data-set.js'
import { keepHead } from './keep-head.js'
import { type HeadFigures, type MeasureOptions, measureHead } from './measure-head.js'
import { runFacts } from './run-facts.js'

export interface TrainHeadOptions extends DataSetOptions, MeasureOptions {
  /** Name of the bundle, default from the data folder, model, pool and head. */
  readonly name?: string | undefined
  /** The words of the command line, which the bundle keeps without credentials; default: none. */
  readonly command?: readonly string[] | undefined
}

export type TrainHeadResult = HeadFigures & {
  readonly seconds: number
  /** Folder of the saved head; null where it could not be written, as on a read-only or full disk: `onNote` is told why. */
  readonly bundle: string | null
}

/**
 * The fast stage: trains a head on cached codes, measures it on the test part and saves it, see `measureHead`.
 *
 * @throws UserError where codes are missing (with the command that makes them), or a class is too small for the split.
 */
export async function trainHead(options: TrainHeadOptions = {}): Promise<TrainHeadResult> {
  const started = performance.now()
  const { name, onNote, command } = options
  if (name !== undefined) checkHeadName(name)
  const data = await codesHere(openDataSet(options), options)
  try {
    const { figures, ...measured } = await measureHead(data, options)
    const { head } = measured
    const run = runFacts({ started, words: command, models: [figures.model] })
    const result = { ...figures, ...run }
    const bundle = await keepHead({ data, ...measured, name, onNote, result }).finally(() => head.close?.())
    if (bundle !== null) head.finish?.()
    return { ...figures, seconds: (performance.now() - started) / 1000, bundle }
  } finally {
    data.catalog.close()
  }
}
