import { checkHeadName } from '../heads/save-head.js'
import { type DataSetOptions, openDataSet } from './data-set.js'
import type { HeadOptions } from './head-options.js'
import { keepHead } from './keep-head.js'
import { type HeadFigures, measureHead } from './measure-head.js'

export interface TrainHeadOptions extends DataSetOptions, HeadOptions {
  /** Name of the bundle, default from the data folder, model, pool and head. */
  readonly name?: string | undefined
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
  const { name, onNote } = options
  if (name !== undefined) checkHeadName(name)
  const data = openDataSet(options)
  try {
    const { figures, parts, head } = await measureHead(data, options)
    const bundle = await keepHead({ data, parts, head, name, onNote, result: { ...figures } }).finally(() => head.close?.())
    if (bundle !== null) head.finish?.()
    return { ...figures, seconds: (performance.now() - started) / 1000, bundle }
  } finally {
    data.catalog.close()
  }
}
