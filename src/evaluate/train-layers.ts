import { UserError } from '../base/errors.js'
import { type HeadSpec, parseHead } from '../heads/network/head-spec.js'
import { Network, weightBytes } from '../heads/network/network.js'
import { logitsOf, scoreOf } from '../heads/network/run-epoch.js'
import { type Training, trainNetwork } from '../heads/network/train-network.js'
import { defaultRate, type OptimizerName } from '../heads/optimizers/index.js'
import { type CodeSources, openCodeSources } from './code-sources.js'
import type { HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { bothClasses, lossOf } from './loss-of.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/** Trains a head of any layers by mini-batches; the weights of the best epoch on the validation part stay. */
export async function trainLayers(name: OptimizerName, job: HeadJob): Promise<TrainedHead> {
  const { data, parts, options } = job
  const { seed = 0, batch = 32 } = options
  const spec = parseHead(options.head ?? 'softmax')
  const loss = lossOf(spec, parts, options)
  const { memory } = options
  const sources = openCodeSources(data, { pool: headPool(options), memory, seed, batch }, (inputs) =>
    weightBytes({ layers: spec.layers, inputs, outputs: loss.outputs }),
  )
  const network = await Network.create({
    layers: spec.layers,
    inputs: sources.length,
    outputs: loss.outputs,
    optimizer: { name, weightDecay: options.weightDecay },
    seed,
  })
  try {
    const train = sources.train(parts.train)
    const validation = parts.validation.length === 0 ? undefined : sources.held(parts.validation)
    const training = await trainNetwork(network, { train, validation, loss, ...trainingOptions(name, options, train.samples) })
    tellEnd(training, options)
    const held = validation && training.history[training.best - 1]?.valAccuracy
    return {
      samples: parts.train,
      epochs: training.history.length,
      history: training.history,
      accuracy: { train: (await scoreOf(network, train, loss)).accuracy, validation: held ?? null },
      chosen: {},
      space: 'weight',
      ...networkParts(network, { spec, sources, classes: parts.classes.length, outputs: loss.outputs }),
    }
  } catch (error) {
    await network.close()
    throw error
  }
}

function trainingOptions(name: OptimizerName, options: HeadOptions, samples: number) {
  const { seed = 0, epochs = 20, batch = 32, schedule = 'constant', l1 = 0, l2 = 0, lr = defaultRate(name), onProgress } = options
  const { clipNorm, monitor, patience, signal } = options
  return {
    ...{ epochs, batch, schedule, seed, rate: lr, penalty: { l1, l2, clipNorm }, monitor, patience, signal },
    onEpoch: async (history: Training['history']) => options.onEpoch?.(history),
    onBatch: (epoch: number, seen: number) => onProgress?.(`epoch ${epoch} of ${epochs}`, (epoch - 1 + seen / samples) / epochs),
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
  network: Network,
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

/** Says why a training ended early; fails where nothing came of it. */
function tellEnd({ ended, best, history }: Training, { onNote }: HeadOptions): void {
  if (ended === 'patience') onNote?.(`Training stopped after epoch ${history.length}: no gain since epoch ${best}.`)
  if (ended !== 'diverged') return
  if (history.length === 0) {
    throw new UserError(
      'Expected the loss to stay a finite number, but it diverged in the first epoch. Choose a smaller --lr, or --clip-norm 1.',
    )
  }
  onNote?.(
    `The loss diverged in epoch ${history.length + 1}: training stopped, and the weights of epoch ${best} were kept. A smaller --lr, or --clip-norm 1, may go further.`,
  )
}
