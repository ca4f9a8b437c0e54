import { availableParallelism } from 'node:os'
import { UserError } from '../base/errors.js'
import type { Pool } from '../cache/pool-codes.js'
import { type HeadSpec, parseHead } from '../heads/network/head-spec.js'
import { Network, type NetworkOptions, weightBytes } from '../heads/network/network.js'
import { logitsOf, scoreOf } from '../heads/network/run-epoch.js'
import { type Training, type TrainingState, trainNetwork } from '../heads/network/train-network.js'
import type { Trainable } from '../heads/network/trainable.js'
import { defaultRate, type OptimizerName } from '../heads/optimizers/index.js'
import { type CodeSources, openCodeSources } from './code-sources.js'
import { batchDefaults, type HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { bothClasses, lossOf } from './loss-of.js'
import { memoryBudget } from './memory-budget.js'
import type { HeadJob, TrainedHead } from './trained-head.js'
import { TrainingCheckpoint } from './training-checkpoint.js'
import { TrainingInterrupted } from './training-interrupted.js'

/** What is trained by mini-batches, where it is more than a head. */
export interface NetworkKind {
  /** View of the codes that go into it. */
  readonly pool: Pool
  /** Numbers that go into the head. */
  readonly headInputs: number
  /** Whether the weights that it begins with take part in the choice of the best epoch. */
  readonly keepStart?: boolean | undefined
  /** What determines its training beside the head's options and the codes. */
  readonly key: string
  /** @param options `inputs`: numbers that go into the head. */
  open(options: NetworkOptions): Promise<Trainable>
}

/**
 * Trains a head of any layers by mini-batches; the weights of the best epoch on the validation part stay.
 *
 * @param kind what is trained, default a head on the codes.
 */
export async function trainLayers(name: OptimizerName, job: HeadJob, kind?: NetworkKind): Promise<TrainedHead> {
  const { data, parts, options } = job
  const { seed = 0, batch = batchDefaults.batch } = options
  const spec = parseHead(options.head ?? 'softmax')
  const loss = lossOf(spec, parts, options)
  const { memory } = options
  const { pool = headPool(options), headInputs, open = (made: NetworkOptions) => Network.create(made) } = kind ?? {}
  const sources = openCodeSources(data, { pool, memory, seed, batch }, (inputs) =>
    weightBytes({ layers: spec.layers, inputs: headInputs ?? inputs, outputs: loss.outputs }),
  )
  const network = await open({
    layers: spec.layers,
    inputs: headInputs ?? sources.length,
    outputs: loss.outputs,
    optimizer: { name, weightDecay: options.weightDecay },
    seed,
  })
  try {
    const train = sources.train(parts.train)
    const validation = parts.validation.length === 0 ? undefined : sources.held(parts.validation)
    const checkpoint = !job.isSwept ? checkpointOf(name, job, kind) : undefined
    const signal = options.interruptible?.()
    const how = { ...trainingOptions(name, options, train.samples), keepStart: kind?.keepStart, signal, ...resuming(checkpoint, options) }
    const training = await trainNetwork(network, { train, validation, loss, ...how }).catch((error: unknown) => {
      throw signal?.aborted ? new TrainingInterrupted(checkpoint?.epochs ?? 0, how.epochs) : error
    })
    tellEnd(training, job)
    return {
      samples: parts.train,
      epochs: training.history.length,
      kept: training.best,
      history: training.history,
      accuracy: {
        train: (await scoreOf(network, parts.views ? sources.held(parts.train) : train, loss)).accuracy,
        validation: training.history[training.best - 1]?.valAccuracy ?? training.start?.accuracy ?? null,
      },
      chosen: options.l2 === undefined ? {} : { l2: options.l2 },
      space: 'weight',
      finish: () => checkpoint?.remove(),
      ...networkParts(network, { spec, sources, classes: parts.classes.length, outputs: loss.outputs }),
    }
  } catch (error) {
    await network.close()
    throw error
  }
}

function trainingOptions(name: OptimizerName, options: HeadOptions, samples: number) {
  const { epochs = batchDefaults.epochs, batch = batchDefaults.batch, schedule = batchDefaults.schedule } = options
  const { seed = 0, l1 = 0, l2 = 0, lr = defaultRate(name), onProgress, clipNorm, monitor, patience } = options
  return {
    ...{ epochs, batch, schedule, seed, rate: lr, penalty: { l1, l2, clipNorm }, monitor, patience },
    onBatch: (epoch: number, seen: number) => onProgress?.(`epoch ${epoch} of ${epochs}`, (epoch - 1 + seen / samples) / epochs),
  }
}

/** Options that determine the numbers of a training. */
const determining = [
  ...(['head', 'pool', 'epochs', 'batch', 'lr', 'schedule', 'l1', 'l2', 'clipNorm', 'weightDecay'] as const),
  ...(['labelSmoothing', 'classWeights', 'focal', 'monitor', 'patience', 'seed'] as const),
]

/** By all that determines the numbers: codes, images and labels of both parts in their order, options, threads, memory. */
function checkpointOf(solver: OptimizerName, { data, parts, options }: HeadJob, kind: NetworkKind | undefined): TrainingCheckpoint {
  const part = (samples: Int32Array) => Array.from(samples, (sample) => [data.images[sample]?.sha256 ?? '', labelOf(parts, sample)])
  const images = { train: part(parts.train), validation: part(parts.validation), classes: parts.classes }
  const settings = determining.map((name) => [name, options[name] ?? null])
  const machine = { threads: availableParallelism(), memory: memoryBudget(options.memory) }
  const views = data.views?.records.map(({ digest }) => digest)
  const codes = { fingerprint: data.fingerprint.digest, views, network: kind?.key }
  const key = JSON.stringify({ ...codes, solver, settings, images, machine })
  return new TrainingCheckpoint({ cache: data.catalog.cache, key, every: options.checkpointEvery, onNote: options.onNote })
}

/** The class of a sample, or which labels it has. */
function labelOf({ labels, targets, classes }: HeadJob['parts'], sample: number): string {
  return targets ? targets.subarray(sample * classes.length, (sample + 1) * classes.length).join('') : String(labels[sample])
}

/** Goes on where an interrupted training was, and keeps what it comes to. */
function resuming(checkpoint: TrainingCheckpoint | undefined, { restart, epochs = batchDefaults.epochs, onNote, onEpoch }: HeadOptions) {
  const resume = restart ? undefined : checkpoint?.read()
  if (resume)
    onNote?.(`Resuming after epoch ${resume.history.length} of ${epochs}, where the training was interrupted; --restart begins anew.`)
  return {
    resume,
    async onEpoch(history: Training['history'], state: () => Promise<TrainingState>) {
      onEpoch?.(history)
      await checkpoint?.keep(state)
    },
  }
}

interface Trained {
  readonly spec: Pick<HeadSpec, 'output'>
  readonly sources: CodeSources
  readonly classes: number
  readonly outputs: number
}

/** What a trained network answers with. */
export function networkParts(
  network: Trainable,
  { spec, sources, classes, outputs }: Trained,
): Pick<TrainedHead, 'scores' | 'layers' | 'close'> {
  const isBinary = outputs === 1 && classes === 2
  return {
    scores: async (samples) => {
      const logits = await logitsOf(network, sources.held(samples), samples)
      return isBinary ? bothClasses(logits) : logits
    },
    layers: async () => [...(await network.saved()), { type: spec.output, settings: {}, tensors: {} }],
    close: () => network.close(),
  }
}

/** Says why a training ended early (in a sweep only what is bad); fails where nothing came of it. */
function tellEnd({ ended, best, history }: Training, { options: { onNote }, isSwept }: HeadJob): void {
  if (ended === 'patience' && !isSwept) onNote?.(`Training stopped after epoch ${history.length}: no gain since epoch ${best}.`)
  if (ended !== 'diverged') return
  if (history.length === 0) {
    throw new UserError('Expected the loss to fall, but it diverged in the first epoch. Choose a smaller --lr, or --clip-norm 1.')
  }
  onNote?.(
    `The loss diverged in epoch ${history.length + 1}: training stopped, and the weights of epoch ${best} were kept. A smaller --lr, or --clip-norm 1, may go further.`,
  )
}
