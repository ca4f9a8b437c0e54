import type { FineTuneOptions } from '../finetune/fine-tune-options.js'
import { shorten } from './shorten.js'
import type { TuneContext } from './step-context.js'

/**
 * What a fine-tuning begins with, as the original's does: the head of the step before, which the same options, codes and seed give again;
 * where there is none, nothing is frozen.
 */
export function tuneStart({ frozen, quick }: Pick<TuneContext, 'frozen' | 'quick'>): Pick<FineTuneOptions, 'frozen' | 'freezeEpochs'> {
  return frozen ? { frozen: shorten(frozen.options, { quick }) } : { freezeEpochs: 0 }
}
