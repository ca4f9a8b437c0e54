import { defaultBackbone } from '../backbones/index.js'
import { UserError } from '../base/errors.js'
import { canonicalJson } from '../cache/fingerprint.js'
import type { DataSet } from '../evaluate/data-set.js'
import { headPool } from '../evaluate/head-pool.js'
import { keepHead } from '../evaluate/keep-head.js'
import { type HeadFigures, type MeasuredHead, measureHead } from '../evaluate/measure-head.js'
import { runFacts } from '../evaluate/run-facts.js'
import { trainLayers } from '../evaluate/train-layers.js'
import { tunedImages } from '../evaluate/tuned-images.js'
import { resolveTargets } from '../extract/target.js'
import { toHeadName } from '../heads/save-head.js'
import { buildTail } from './build-tail.js'
import { type FineTuneOptions, type Rates, ratesOf } from './fine-tune-options.js'
import { type FrozenFigures, type FrozenHead, trainFrozenHead } from './frozen-head.js'
import { planTail, type TailPlan } from './plan-tail.js'
import { tailCodes } from './tail-codes.js'
import { TailNetwork } from './tail-network.js'
import type { TailGraph } from './tail-session.js'
import { type TunedModel, writeTunedModel } from './tuned-model.js'

export type FineTuneResult = TunedFigures & { readonly seconds: number }

type TunedFigures = HeadFigures & {
  /** Numbers of the backbone that were trained, the head's left out. */
  readonly trainedParameters: number
  readonly tail: {
    /** The first layer that was trained, and all of them. */
    readonly from: string
    readonly layers: readonly string[]
    /** Highest learning rate of the backbone's layers. */
    readonly lr: number
  }
  /** The head that it began with, on the network as it was; null where that had random weights. */
  readonly frozen: FrozenFigures | null
  /** The whole backbone with its new weights, for `codes --model`; null where it could not be written: `onNote` is told why. */
  readonly modelFile: string | null
  /** Folder of the saved head, which takes the codes of that model. */
  readonly bundle: string | null
}

/**
 * Trains the last layers of a backbone and a head behind them. What goes into these layers is computed once for each image and
 * cached, by the slow stage; so is what comes out of them at the beginning, on which the head is trained first.
 *
 * @throws UserError for layers that cannot be trained, before any image is read, and whatever `extractCodes` and `trainHead` throw.
 */
export async function fineTune(given: FineTuneOptions): Promise<FineTuneResult> {
  const started = performance.now()
  const signal = given.interruptible?.()
  const rates = ratesOf(given)
  const known = { model: given.model ?? defaultBackbone, freezeEpochs: rates.freezeEpochs }
  const options = { ...given, ...known, interruptible: signal && (() => signal) }
  const plan = await planTail(options.model, options)
  const { codes, whole } = await tailCodes(plan, { ...options, signal })
  try {
    const frozen = whole && (await trainFrozenHead(whole, options))
    return { ...(await tuneTail(codes, options, { plan, rates, frozen, started })), seconds: (performance.now() - started) / 1000 }
  } finally {
    codes.catalog.close()
    whole?.catalog.close()
  }
}

type Known = FineTuneOptions & { readonly model: string }

/** What is trained, and from where. */
interface Tuning {
  readonly plan: TailPlan
  readonly rates: Rates
  readonly frozen: FrozenHead | undefined
  /** When the work began, as `performance.now` told it. */
  readonly started: number
}

async function tuneTail(data: DataSet, options: Known, tuning: Tuning): Promise<TunedFigures> {
  const { plan, rates, frozen, started } = tuning
  const pool = headPool(options)
  const { tail, shape } = await buildTail(plan, data.fingerprint.shape, pool)
  const { measured, network } = await trained(data, options, { ...tuning, tail })
  const { head, parts, answers } = measured
  const figures = { ...measured.figures, model: options.model, layer: plan.backbone.layer, codeLength: tail.length }
  const { layers: _, ...began } = frozen ?? { layers: [] }
  const facts = {
    trainedParameters: plan.parameters,
    tail: { from: plan.cut.layers[0] ?? '', layers: plan.cut.layers, lr: rates.tailLr },
    frozen: 'solver' in began ? began : null,
  }
  try {
    const name = options.name ?? toHeadName(`${data.name}-tuned-${pool === 'none' ? 'flat' : pool}-${figures.head}`)
    const seen = [...parts.train, ...parts.validation].map((sample) => data.images[sample]?.sha256 ?? '')
    const images = new Set([...tunedImages(data), ...seen])
    const modelFile = await written(options, { name, backbone: plan.backbone, weights: network.tensors(), images })
    const kept = modelFile === null ? null : await fingerprintOf(options, modelFile, shape)
    const result = { ...figures, ...facts, modelFile, fingerprint: kept?.digest ?? figures.fingerprint }
    const coded = kept && { ...data, fingerprint: { ...data.fingerprint, ...kept } }
    const run = runFacts({ started, words: options.command, models: [options.model] })
    const toKeep = { parts, head, answers, name, onNote: options.onNote, result: { ...result, ...run } }
    const bundle = coded && (await keepHead({ data: coded, ...toKeep }))
    if (bundle !== null) head.finish?.()
    return { ...result, bundle }
  } finally {
    await head.close?.()
  }
}

interface Trained {
  readonly measured: MeasuredHead
  readonly network: TailNetwork
}

async function trained(data: DataSet, options: Known, { rates, frozen, tail }: Tuning & { tail: TailGraph }): Promise<Trained> {
  const { solver, epochs, schedule, lr, tailLr } = rates
  const made: { network?: TailNetwork } = {}
  const l2 = options.l2 ?? frozen?.l2 ?? undefined
  const measured = await measureHead(data, { ...options, solver, epochs, schedule, lr, l2 }, (job) =>
    trainLayers(solver, job, {
      pool: 'none',
      headInputs: tail.length,
      keepStart: frozen !== undefined,
      key: JSON.stringify({ trained: tail.trained, output: tail.output, freezeEpochs: options.freezeEpochs, tailLr }),
      open: async (network) =>
        (made.network = await TailNetwork.create({ ...network, tail, start: frozen?.layers, rateRatio: tailLr / lr })),
    }),
  )
  const { network } = made
  if (!network) throw new Error('Expected a network to be trained')
  return { measured, network }
}

/** The path of the new model; null where it cannot be written: the figures are worth having without it. */
async function written({ cache = 'cache', onNote }: Known, model: Omit<TunedModel, 'cache'>): Promise<string | null> {
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
