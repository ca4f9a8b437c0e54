import type { BackboneOptions } from '../backbones/backbone.js'
import { hasRandomWeights } from '../backbones/has-random-weights.js'
import { defaultBackbone } from '../backbones/index.js'
import { UserError, usageError } from '../base/errors.js'
import { checkHeadOptions } from '../evaluate/check-head-options.js'
import type { DataSet, DataSetOptions } from '../evaluate/data-set.js'
import { batchDefaults } from '../evaluate/head-options.js'
import type { MeasureOptions } from '../evaluate/measure-head.js'
import type { ExtractOptions } from '../extract/options.js'
import { defaultRate, type OptimizerName } from '../heads/optimizers/index.js'
import { checkHeadName } from '../heads/save-head.js'
import type { ScheduleName } from '../heads/schedules/index.js'
import type { CutOptions } from './find-cut.js'

type Data = Pick<
  DataSetOptions,
  'data' | 'cache' | 'classes' | 'excludeClasses' | 'exclude' | 'labels' | 'allowMissing' | 'views' | 'augment' | 'augmentSeed'
>
type Network = Pick<BackboneOptions, 'layer' | 'size' | 'mean' | 'scale' | 'weights' | 'onDownload'>
type Pictures = Pick<ExtractOptions, 'resize' | 'decoder' | 'exif' | 'alpha' | 'truncated' | 'device' | 'engine' | 'dtype'>
type Training = Omit<MeasureOptions, 'refit' | 'solver' | 'grid' | 'neighbours' | 'temperature' | 'gramLimit'>

/** What `fine-tune` takes. Everything but the cut has a default. */
export interface FineTuneOptions extends CutOptions, Data, Network, Pictures, Training {
  /** Backbone by name, or path of a model's file; default efficientnet-lite0. `layer`: the one whose output goes to the head. */
  readonly model?: string | undefined
  /** The optimizer, default adam, or adamw where its weight decay is given. */
  readonly solver?: OptimizerName | undefined
  /**
   * Epochs in which the head alone is trained first, 0: none. Default: it is trained as train-head does it by default, and 0 where the
   * backbone's weights are random: a head on what they give is no start.
   */
  readonly freezeEpochs?: number | undefined
  /** Trains that head otherwise than both together are trained; it takes the place of `freezeEpochs`. */
  readonly frozen?: Training & Pick<MeasureOptions, 'solver'>
  /** Epochs in which both are trained, default 5, and 20 where the backbone's weights are random. */
  readonly epochs?: number | undefined
  /** How the learning rate changes, default cosine: at a rate that does not fall a head that is solved gets worse. */
  readonly schedule?: ScheduleName | undefined
  /** Learning rate of the head, default a tenth of the optimizer's, and the optimizer's where the backbone's weights are random. */
  readonly lr?: number | undefined
  /** Learning rate of the backbone's layers, default `lr`. */
  readonly tailLr?: number | undefined
  /** Says of images whether they are to train or to test where their folders do not, default as they are; see `CodedImage.part`. */
  readonly divide?: ((data: DataSet) => DataSet) | undefined
  /** Name of the bundle. */
  readonly name?: string | undefined
  /** The words of the command line, which the bundle keeps without credentials; default: none. */
  readonly command?: readonly string[] | undefined
  /** Told how many images have gone through the part before the cut. */
  readonly onImages?: ExtractOptions['onProgress']
}

/** How the two parts are trained. */
export interface Rates {
  readonly solver: OptimizerName
  readonly epochs: number
  readonly schedule: ScheduleName
  /** Of the head alone; undefined: as train-head trains it. */
  readonly freezeEpochs: number | undefined
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
  const { weightDecay, name, model = defaultBackbone, frozen } = options
  const isRandom = hasRandomWeights(model, options)
  const { solver = weightDecay === undefined ? 'adam' : 'adamw' } = options
  const { epochs = isRandom ? batchDefaults.epochs : 5, lr = isRandom ? defaultRate(solver) : defaultRate(solver) / 10 } = options
  const { freezeEpochs = isRandom && !frozen ? 0 : undefined, tailLr = lr, schedule = 'cosine' } = options
  if (name !== undefined) checkHeadName(name)
  checkHeadOptions({ ...options, solver, onNote: undefined })
  if (freezeEpochs !== undefined && (!Number.isSafeInteger(freezeEpochs) || freezeEpochs < 0))
    throw usageError('--freeze-epochs', 'a whole number, 0 or more', freezeEpochs)
  if (!(lr > 0)) throw new UserError(`Expected --lr to be above 0, got ${lr}. The backbone's rate is --tail-lr.`, 2)
  return { solver, epochs, schedule, freezeEpochs, lr, tailLr }
}
