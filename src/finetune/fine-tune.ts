import type { Backbone } from '../backbones/backbone.js'
import { defaultBackbone } from '../backbones/index.js'
import { UserError } from '../base/errors.js'
import { canonicalJson } from '../cache/fingerprint.js'
import { type DataSet, openDataSet } from '../evaluate/data-set.js'
import { batchDefaults } from '../evaluate/head-options.js'
import { headPool } from '../evaluate/head-pool.js'
import { keepHead } from '../evaluate/keep-head.js'
import { type HeadFigures, type MeasuredHead, measureHead } from '../evaluate/measure-head.js'
import { testMeasures } from '../evaluate/test-measures.js'
import { trainLayers } from '../evaluate/train-layers.js'
import { TrainingInterrupted } from '../evaluate/training-interrupted.js'
import { extractCodes } from '../extract/extract-codes.js'
import { resolveTargets } from '../extract/target.js'
import { toHeadName } from '../heads/save-head.js'
import { buildTail } from './build-tail.js'
import { type FineTuneOptions, type Rates, ratesOf } from './fine-tune-options.js'
import { planTail, type TailPlan } from './plan-tail.js'
import { TailNetwork } from './tail-network.js'
import type { TailGraph } from './tail-session.js'
import { writeTunedModel } from './tuned-model.js'

export type FineTuneResult = TunedFigures & { readonly seconds: number }

type TunedFigures = HeadFigures & {
  /** Numbers of the backbone that were trained, the head's left out. */
  readonly trainedParameters: number
  readonly tail: {
    /** The first layer that was trained, and all of them. */
    readonly from: string
    readonly layers: readonly string[]
    readonly freezeEpochs: number
    /** Highest learning rate of the backbone's layers. */
    readonly lr: number
  }
  /** Test accuracy when the frozen epochs were over; null where the tail never moved. */
  readonly before: { readonly accuracy: number | null }
  /** The whole backbone with its new weights, for `codes --model`; null where it could not be written: `onNote` is told why. */
  readonly modelFile: string | null
  /** Folder of the saved head, which takes the codes of that model. */
  readonly bundle: string | null
}

/**
 * Trains the last layers of a backbone and a head behind them. What goes into these layers is computed once for each image and
 * cached, by the slow stage.
 *
 * @throws UserError for layers that cannot be trained, before any image is read, and whatever `extractCodes` and `trainHead` throw.
 */
export async function fineTune(given: FineTuneOptions): Promise<FineTuneResult> {
  const started = performance.now()
  const signal = given.interruptible?.()
  const options = { ...given, model: given.model ?? defaultBackbone, interruptible: signal && (() => signal) }
  const rates = ratesOf(options)
  const plan = await planTail(options.model, options)
  const { onImages: onProgress, onNote } = options
  const codes = await extractCodes({ ...options, layer: plan.cut.layer, batch: undefined, signal, onProgress, onNote })
  if (codes.interrupted) throw new TrainingInterrupted(0, rates.epochs)
  const data = openDataSet({ ...options, layer: undefined, size: undefined, digest: codes.fingerprint })
  try {
    return { ...(await trainTail(data, options, { plan, rates })), seconds: (performance.now() - started) / 1000 }
  } finally {
    data.catalog.close()
  }
}

type Known = FineTuneOptions & { readonly model: string }

interface Plan {
  readonly plan: TailPlan
  readonly rates: Rates
}

async function trainTail(data: DataSet, options: Known, { plan, rates }: Plan): Promise<TunedFigures> {
  const pool = headPool(options)
  const { tail, shape } = await buildTail(plan, data.fingerprint.shape, pool)
  const { frozen, measured, network } = await trained(data, options, { rates, tail })
  const { head, parts } = measured
  const figures = { ...measured.figures, model: options.model, layer: plan.backbone.layer, codeLength: tail.length }
  const facts = {
    trainedParameters: plan.parameters,
    tail: { from: plan.cut.layers[0] ?? '', layers: plan.cut.layers, freezeEpochs: rates.freezeEpochs, lr: rates.tailLr },
  }
  try {
    const name = options.name ?? toHeadName(`${data.name}-tuned-${pool === 'none' ? 'flat' : pool}-${figures.head}`)
    const weights = network.tensors()
    const modelFile = await written(options, { name, backbone: plan.backbone, weights })
    const kept = modelFile === null ? null : await fingerprintOf(options, modelFile, shape)
    const result = { ...figures, ...facts, modelFile, fingerprint: kept?.digest ?? figures.fingerprint }
    const coded = kept && { ...data, fingerprint: { ...data.fingerprint, ...kept } }
    const bundle = coded && (await keepHead({ data: coded, parts, head, name, onNote: options.onNote, result }))
    if (bundle !== null) head.finish?.()
    return { ...result, before: { accuracy: await frozen() }, bundle }
  } finally {
    await head.close?.()
  }
}

interface Trained {
  readonly measured: MeasuredHead
  readonly network: TailNetwork
  /** Test accuracy when the frozen epochs were over; afterwards the network has those weights. */
  readonly frozen: () => Promise<number | null>
}

async function trained(data: DataSet, options: Known, { rates, tail }: { rates: Rates; tail: TailGraph }): Promise<Trained> {
  const { solver, freezeEpochs, lr, tailLr } = rates
  const made: { network?: TailNetwork } = {}
  const measured = await measureHead(data, { ...options, solver }, (job) => {
    const frozenSteps = freezeEpochs * Math.ceil(job.parts.train.length / (options.batch ?? batchDefaults.batch))
    return trainLayers(solver, job, {
      pool: 'none',
      headInputs: tail.length,
      key: JSON.stringify({ trained: tail.trained, output: tail.output, freezeEpochs, tailLr }),
      open: async (network) => (made.network = await TailNetwork.create({ ...network, tail, frozenSteps, rateRatio: tailLr / lr })),
    })
  })
  const { network } = made
  if (!network) throw new Error('Expected a network to be trained')
  const frozen = async () => {
    const before = network.before()
    if (!before) return null
    await network.restore(before)
    return testMeasures(await measured.head.scores(measured.parts.test), measured.parts).testAccuracy
  }
  return { measured, network, frozen }
}

/** The path of the new model; null where it cannot be written: the figures are worth having without it. */
async function written(
  { cache = 'cache', onNote }: Known,
  model: { readonly name: string; readonly backbone: Backbone; readonly weights: ReadonlyMap<string, Float32Array> },
): Promise<string | null> {
  return writeTunedModel({ cache, ...model }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    onNote?.(error.message)
    return null
  })
}

/** What the codes of the new model are known by. */
async function fingerprintOf({ resize, decoder, exif, alpha, truncated }: Known, path: string, shape: readonly number[]) {
  const several = { resizes: resize && [resize], decoders: decoder && [decoder] }
  const [target] = await resolveTargets({ models: [path], ...several, exif, alpha, truncated })
  if (!target) throw new Error('Expected one kind of codes')
  return { digest: target.fingerprint, json: canonicalJson({ ...target.identity }), shape }
}
