import type { Pool } from '../cache/pool-codes.js'
import type { EpochEntry, Monitor } from '../heads/network/train-network.js'
import { optimizerNames } from '../heads/optimizers/index.js'
import type { ScheduleName } from '../heads/schedules/index.js'
import type { GridValues } from './parse-grid.js'

/** How a head is trained and measured. */
export interface HeadOptions {
  /** Layers behind the codes, such as "dense:512:relu,dropout:0.5,softmax", or a preset's name; default softmax. */
  readonly head?: string | undefined
  /** A view of the flat codes: as they are, or the mean or maximum over positions, or both; default what the head begins with, else none. */
  readonly pool?: Pool | undefined
  /** What trains the head; auto (default): what suits it. */
  readonly solver?: SolverName | 'auto' | undefined
  /** λ of loss + λ‖W‖². Default: chosen, on the validation part or (ridge) by leaving one out. */
  readonly l2?: number | undefined
  /** ε of label smoothing, as Keras has it: targets 1 − ε + ε / C and ε / C; default 0. */
  readonly labelSmoothing?: number | undefined
  /** Weights of classes by their names (others weigh 1), or n / (C n_c); default 1. */
  readonly classWeights?: 'balanced' | Readonly<Record<string, number>> | undefined
  /** Images that vote in k nearest neighbours. Default: chosen on the validation part. */
  readonly neighbours?: number | undefined
  /** T of their votes exp(similarity / T), null: all alike; default 0.07 where `neighbours` is given, else chosen with them. */
  readonly temperature?: number | null | undefined
  /** Share of each class's images that is for training, default '0.7'; a decimal, read exactly. */
  readonly split?: string | undefined
  /** Share of each class's train part that choices are made on, default '0.1'. */
  readonly validation?: string | undefined
  readonly seed?: number | undefined
  /** Keep near-duplicates, in whatever classes they are, in one part; default false. */
  readonly splitByCluster?: boolean | undefined
  /** Test by the mean of the probabilities over all views of an image, where there are several; default false: by the plain image. */
  readonly tta?: boolean | undefined
  /** Mini-batch training: epochs, default 20. */
  readonly epochs?: number | undefined
  /** Images of a step, default 32. */
  readonly batch?: number | undefined
  /** Highest learning rate; default the optimizer's. */
  readonly lr?: number | undefined
  readonly schedule?: ScheduleName | undefined
  /** Values of lr and l2 of which each pair is trained, all in one pass over the codes; the best on the validation part stays. */
  readonly grid?: GridValues | undefined
  /** λ₁ of λ₁‖W‖₁, added to the loss. */
  readonly l1?: number | undefined
  /** Longest gradient (global norm); longer ones are scaled down. */
  readonly clipNorm?: number | undefined
  /** Of AdamW, default 0.004. */
  readonly weightDecay?: number | undefined
  /** γ of focal loss, default 0: cross-entropy. */
  readonly focal?: number | undefined
  /** Whose best epoch is kept; default val-loss. */
  readonly monitor?: Monitor | undefined
  /** Epochs without a gain after which training stops; default never. */
  readonly patience?: number | undefined
  /** Bytes of memory for codes, Gram matrix and training, default `memoryBudget()`: half of what there is, or less where less is free. */
  readonly memory?: number | undefined
  /** Takes over Ctrl-C while a head is trained by mini-batches: the signal ends the training, which the same options go on with. */
  readonly interruptible?: (() => AbortSignal) | undefined
  /** Seconds between what is kept of a training under way, default 10. */
  readonly checkpointEvery?: number | undefined
  /** Begin anew where an interrupted training could be resumed; default false. */
  readonly restart?: boolean | undefined
  /** Told after each epoch. */
  readonly onEpoch?: ((history: readonly EpochEntry[]) => void) | undefined
  /** Largest Gram matrix in bytes, default 2 GB. */
  readonly gramLimit?: number | undefined
  readonly onProgress?: ((stage: string, share: number) => void) | undefined
  /** Told of trouble that does not stop the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

export const solverNames = ['lbfgs', 'ridge', 'svm', 'knn', 'ncm', ...optimizerNames] as const

export type SolverName = (typeof solverNames)[number]

/** Of mini-batch training, where they are not given. */
export const batchDefaults = { epochs: 20, batch: 32, schedule: 'constant' } as const

/** Options of mini-batch training alone, by their names on the command line. */
export const batchOptions = {
  '--epochs': 'epochs',
  '--batch': 'batch',
  '--lr': 'lr',
  '--schedule': 'schedule',
  '--grid': 'grid',
  '--l1': 'l1',
  '--clip-norm': 'clipNorm',
  '--weight-decay': 'weightDecay',
  '--focal': 'focal',
  '--monitor': 'monitor',
  '--patience': 'patience',
} as const satisfies Readonly<Record<string, keyof HeadOptions>>
