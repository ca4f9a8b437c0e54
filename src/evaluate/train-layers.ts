import { UserError } from '../base/errors.js'
import { CodeReader } from '../cache/code-reader.js'
import type { Matrix } from '../engine/gemm.js'
import { softmaxLoss } from '../heads/losses/softmax-loss.js'
import { parseHead } from '../heads/network/head-spec.js'
import { Network } from '../heads/network/network.js'
import { logitsOf, scoreOf } from '../heads/network/run-epoch.js'
import { type Training, trainNetwork } from '../heads/network/train-network.js'
import type { OptimizerName } from '../heads/optimizers/index.js'
import { defaultRate } from '../heads/optimizers/index.js'
import { classWeightsOf } from './class-weights-of.js'
import { codeSource } from './code-source.js'
import { headPool } from './head-pool.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/** Trains a head of any layers by mini-batches; the weights of the best epoch on the validation part stay. */
export async function trainLayers(name: OptimizerName, job: HeadJob): Promise<TrainedHead> {
  const { data, parts, options } = job
  const { seed = 0, epochs = 20, batch = 32, schedule = 'constant', l1 = 0, l2 = 0, clipNorm, focal, lr = defaultRate(name) } = options
  const spec = parseHead(options.head ?? 'softmax')
  const reader = new CodeReader(data.catalog, data.fingerprint, headPool(options))
  const classes = parts.classes.length
  const network = await Network.create({
    layers: spec.layers,
    inputs: reader.length,
    outputs: classes,
    optimizer: { name, weightDecay: options.weightDecay },
    seed,
  })
  const source = (samples: Int32Array, order?: number) => codeSource(reader, data, { samples, seed: order })
  try {
    const loss = softmaxLoss({
      labels: parts.labels,
      classes,
      focal,
      labelSmoothing: options.labelSmoothing,
      classWeights: classWeightsOf(job),
    })
    const train = source(parts.train, seed)
    const validation = parts.validation.length === 0 ? undefined : source(parts.validation)
    const training = await trainNetwork(network, {
      ...{ train, validation, loss, epochs, batch, schedule, seed, rate: lr, penalty: { l1, l2, clipNorm } },
      ...{ monitor: options.monitor, patience: options.patience, signal: options.signal },
      onEpoch: async (history) => options.onEpoch?.(history),
      onBatch: (epoch, seen) => options.onProgress?.(`epoch ${epoch} of ${epochs}`, (epoch - 1 + seen / train.count) / epochs),
    })
    checkEnd(training, job)
    const held = validation && training.history[training.best - 1]?.valAccuracy
    return {
      samples: parts.train,
      epochs: training.history.length,
      history: training.history,
      accuracy: { train: (await scoreOf(network, train, loss)).accuracy, validation: held ?? null },
      chosen: {},
      space: 'weight',
      scores: (samples): Promise<Matrix> => logitsOf(network, source(samples), samples),
      layers: async () => [...(await network.saved()), { type: spec.output, settings: {}, tensors: {} }],
      close: () => network.close(),
    }
  } catch (error) {
    await network.close()
    throw error
  }
}

/** Says why a training ended early; fails where nothing came of it. */
function checkEnd({ ended, best, history }: Training, { options }: HeadJob): void {
  if (ended === 'patience') options.onNote?.(`Training stopped after epoch ${history.length}: no gain since epoch ${best}.`)
  if (ended !== 'diverged') return
  if (history.length === 0) {
    throw new UserError(
      'Expected the loss to stay a finite number, but it diverged in the first epoch. Choose a smaller --lr, or --clip-norm 1.',
    )
  }
  options.onNote?.(
    `The loss diverged in epoch ${history.length + 1}: training stopped, and the weights of epoch ${best} were kept. A smaller --lr, or --clip-norm 1, may go further.`,
  )
}
