import type { Matrix } from '../engine/gemm.js'
import { chooseL2, type L2Trial, type Validation } from '../heads/choose-l2.js'
import { type ConvexLoss, scoreBy } from '../heads/convex/convex-loss.js'
import { fitLinear, type LinearFit, mostIterations } from '../heads/fit-linear.js'
import type { LinearHead } from '../heads/linear-head.js'
import type { Features } from './features.js'
import type { HeadOptions } from './head-options.js'
import { linearParts, type OutputActivation } from './linear-parts.js'
import type { HeadJob, HistoryEntry, TrainedHead } from './trained-head.js'
import { inAllViews } from './view-table.js'

/** A linear head whose loss is convex. */
export interface LinearTask {
  /** The loss of some samples of the job. */
  readonly lossOf: (samples: Int32Array) => ConvexLoss
  readonly activation: OutputActivation
  /** λ to choose from, in units of the codes' scale, from strong to weak; default `l2Grid`. */
  readonly grid?: readonly number[] | undefined
  /** From logits to a score for each class, where these differ. */
  readonly toScores?: ((logits: Matrix) => Matrix) | undefined
}

/**
 * Trains a linear head by L-BFGS. Without `l2` it is chosen on the validation part, and the head is fitted again, at that L2, on
 * train and validation together, starting from the chosen head; with `l2` it is trained on the train part alone.
 */
export async function trainLinear(job: HeadJob, task: LinearTask): Promise<TrainedHead> {
  const { parts, options, tolerance, refit, isSwept } = job
  const { validation } = parts
  const train = inAllViews(parts.train, parts)
  const features = await job.features()
  const space = await features.space(train)
  const loss = task.lossOf(train)
  const held = async () => ({ logits: await features.scorer(validation, train), loss: task.lossOf(validation) })
  if (options.l2 !== undefined) {
    const fit = await fitLinear(space, loss, { l2: options.l2, tolerance })
    if (!isSwept) tellUnfinished(fit, options)
    const { accuracy } = validation.length > 0 && !isSwept ? await scoreOf(fit, await held()) : { accuracy: null }
    return trained(features, fit, { samples: train, history: [], before: 0, validation: accuracy, task })
  }
  const choice = await chooseL2(space, loss, await held(), { grid: task.grid, tolerance })
  const history = historyOf(choice.trials)
  const chosen = choice.trials.find((trial) => trial.l2 === choice.l2)
  const told = { history, before: history.at(-1)?.epoch ?? 0, validation: chosen?.validation.accuracy ?? null, task }
  if (!refit) return trained(features, choice.fit, { ...told, samples: train, before: told.before - choice.fit.iterations })
  const more = inAllViews(validation, parts)
  const samples = Int32Array.from([...train, ...more])
  const start = features.kind === 'gram' ? withoutBlame(choice.fit, more.length) : choice.fit
  const fit = await fitLinear(await features.space(samples), task.lossOf(samples), { l2: choice.l2, start, tolerance })
  tellUnfinished(fit, options)
  return trained(features, fit, { ...told, samples })
}

/** Steps that were not enough are told; a stall within float32's rounding is as good as the optimum. */
function tellUnfinished({ converged, iterations, l2 }: LinearFit, { onNote }: HeadOptions): void {
  if (!converged && iterations >= mostIterations) {
    onNote?.(
      `L-BFGS was still on its way after ${iterations} steps at an L2 of ${l2.toPrecision(2)}: the head is a little short of the optimum. A larger --l2 ends sooner.`,
    )
  }
}

async function scoreOf(head: LinearHead, { logits, loss }: Validation) {
  return scoreBy(loss, await logits(head))
}

interface Told {
  readonly samples: Int32Array
  readonly history: readonly HistoryEntry[]
  /** Iterations before the last fit. */
  readonly before: number
  readonly validation: number | null
  readonly task: LinearTask
}

function trained(features: Features, fit: LinearFit, { samples, history, before, validation, task }: Told): TrainedHead {
  const { scores, ...parts } = linearParts(features, fit, samples, task.activation)
  const { toScores = (logits) => logits } = task
  return {
    ...parts,
    samples,
    history,
    epochs: before + fit.iterations,
    accuracy: { train: fit.accuracy, validation },
    chosen: { l2: fit.l2 },
    scores: async (others) => toScores(await scores(others)),
  }
}

function historyOf(trials: readonly L2Trial[]): HistoryEntry[] {
  let epoch = 0
  return trials.map(({ iterations, l2, train, validation }) => {
    epoch += iterations
    return { epoch, l2, loss: train.loss, accuracy: train.accuracy, valLoss: validation.loss, valAccuracy: validation.accuracy }
  })
}

/** In Gram space: the head's A with rows of zeros for samples that it was not trained on. */
function withoutBlame({ coefficients, bias }: LinearHead, samples: number): LinearHead {
  const data = new Float32Array((coefficients.rows + samples) * coefficients.columns)
  data.set(coefficients.data)
  return { coefficients: { rows: coefficients.rows + samples, columns: coefficients.columns, data }, bias }
}
