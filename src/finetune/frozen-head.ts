import type { DataSet } from '../evaluate/data-set.js'
import type { SolverName } from '../evaluate/head-options.js'
import { type HeadFacts, type MeasureOptions, measureHead } from '../evaluate/measure-head.js'
import type { SavedLayer } from '../heads/save-head.js'
import type { FineTuneOptions } from './fine-tune-options.js'

/** A head that was trained while the network stood still: what fine-tuning begins with. */
export interface FrozenHead extends FrozenFigures {
  readonly layers: readonly SavedLayer[]
}

/** How it was trained, and how good it is on the train part alone. */
export interface FrozenFigures extends Pick<HeadFacts, 'accuracy' | 'epochs' | 'l2'> {
  readonly solver: SolverName
}

/**
 * Trains a head on the codes of a whole network: as train-head does by default, or for so many epochs.
 *
 * @param data codes of the layer that is tuned up to, in the views that are trained on.
 */
export async function trainFrozenHead(data: DataSet, options: FineTuneOptions): Promise<FrozenHead> {
  const { onProgress } = options
  const stage = onProgress && ((name: string, share: number) => onProgress(`the head: ${name}`, share))
  const { figures, head } = await measureHead(data, { ...frozenOptions(options), refit: false, onProgress: stage, onEpoch: undefined })
  try {
    const { solver, accuracy, epochs, l2 } = figures
    const layers = await head.layers()
    head.finish?.()
    return { layers, solver, accuracy, epochs, l2 }
  } finally {
    await head.close?.()
  }
}

/** Epochs are asked for, or what suits the head is taken; without a validation part nothing can be chosen on it. */
function frozenOptions(options: FineTuneOptions): MeasureOptions {
  const { freezeEpochs, frozen, solver = 'adam', validation, l2 } = options
  if (frozen) return { ...options, ...frozen }
  if (freezeEpochs !== undefined) return { ...options, solver, epochs: freezeEpochs, patience: undefined }
  const { epochs, batch, lr, schedule, clipNorm, weightDecay, monitor, patience, ...rest } = options
  return { ...rest, solver: Number(validation) === 0 && l2 === undefined ? solver : 'auto' }
}
