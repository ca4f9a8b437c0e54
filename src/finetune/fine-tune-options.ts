import type { BackboneOptions } from '../backbones/backbone.js'
import { UserError, usageError } from '../base/errors.js'
import { checkHeadOptions } from '../evaluate/check-head-options.js'
import type { DataSetOptions } from '../evaluate/data-set.js'
import { batchDefaults, type HeadOptions } from '../evaluate/head-options.js'
import type { ExtractOptions } from '../extract/options.js'
import { defaultRate, type OptimizerName } from '../heads/optimizers/index.js'
import { checkHeadName } from '../heads/save-head.js'
import type { CutOptions } from './find-cut.js'

type Data = Pick<DataSetOptions, 'data' | 'cache' | 'classes' | 'excludeClasses' | 'exclude' | 'labels' | 'allowMissing'>
type Network = Pick<BackboneOptions, 'layer' | 'size' | 'mean' | 'scale' | 'weights' | 'onDownload'>
type Pictures = Pick<ExtractOptions, 'resize' | 'decoder' | 'exif' | 'alpha' | 'truncated' | 'device' | 'engine' | 'dtype'>
type Training = Omit<HeadOptions, 'solver' | 'grid' | 'neighbours' | 'temperature' | 'gramLimit'>

/** What `fine-tune` takes. Everything but the cut has a default. */
export interface FineTuneOptions extends CutOptions, Data, Network, Pictures, Training {
  /** Backbone by name, or path of a model's file; default efficientnet-lite0. `layer`: the one whose output goes to the head. */
  readonly model?: string | undefined
  /** The optimizer, default adam, or adamw where its weight decay is given. */
  readonly solver?: OptimizerName | undefined
  /** Epochs in which the head alone is trained, default 1. */
  readonly freezeEpochs?: number | undefined
  /** Learning rate of the backbone's layers, default a tenth of `lr`, which is the head's. */
  readonly tailLr?: number | undefined
  /** Name of the bundle. */
  readonly name?: string | undefined
  /** Told how many images have gone through the part before the cut. */
  readonly onImages?: ExtractOptions['onProgress']
}

/** How the two parts are trained. */
export interface Rates {
  readonly solver: OptimizerName
  readonly epochs: number
  readonly freezeEpochs: number
  /** Of the head. */
  readonly lr: number
  readonly tailLr: number
}

/**
 * The options that say how the two parts are trained, with their defaults, checked before any work.
 *
 * @throws UserError
 */
export function ratesOf(options: FineTuneOptions): Rates {
  const { weightDecay, epochs = batchDefaults.epochs, freezeEpochs = 1, name } = options
  const { solver = weightDecay === undefined ? 'adam' : 'adamw' } = options
  const { lr = defaultRate(solver) } = options
  const { tailLr = lr / 10 } = options
  if (name !== undefined) checkHeadName(name)
  checkHeadOptions({ ...options, solver, onNote: undefined })
  if (!Number.isSafeInteger(freezeEpochs) || freezeEpochs < 0)
    throw usageError('--freeze-epochs', 'a whole number, 0 or more', freezeEpochs)
  if (freezeEpochs >= epochs)
    throw usageError(
      '--freeze-epochs',
      `below the ${epochs} of --epochs`,
      freezeEpochs,
      'Else only the head is trained: train-head does that.',
    )
  if (!(lr > 0)) throw new UserError(`Expected --lr to be above 0, got ${lr}. The backbone's rate is --tail-lr.`, 2)
  return { solver, epochs, freezeEpochs, lr, tailLr }
}
