import { basename, extname } from 'node:path'
import { toHeadName } from '../heads/save-head.js'
import { applySplit, sharesOf } from './apply-split.js'
import { type FrozenCodes, frozenCodes } from './frozen-codes.js'
import type { RunNetwork } from './planned-networks.js'
import { type PlannedStep, plannedSteps } from './planned-steps.js'
import type { HeadStep } from './published/recipe.js'
import { runCodesStep } from './run-codes-step.js'
import type { RunSettings } from './run-settings.js'
import { runTuneStep } from './run-tune-step.js'
import type { StepContext, TuneContext } from './step-context.js'
import type { StepDone, StepResult } from './step-result.js'

/** Two images that are one picture. */
export interface TwinImages {
  readonly test: string
  readonly train: string
  readonly similarity: number
}

export interface NetworkResult {
  readonly model: string
  /** Undefined where no step took the frozen network's codes. */
  readonly codes: { readonly images: number; readonly computed: number; readonly seconds: number; readonly codeLength: number } | undefined
  readonly steps: readonly StepResult[]
  /** Pictures on both sides of the split; null where they were not looked for. */
  readonly twins: readonly TwinImages[] | null
  readonly deviations: readonly string[]
}

/** The frozen network's codes where a step takes them, then the steps. Those that cannot be run are known before any work. */
export async function runNetwork(network: RunNetwork, given: RunSettings): Promise<NetworkResult> {
  const { model, deviations } = network
  const settings = { ...given, near: network.weights === 'random' ? undefined : given.near }
  const planned = await plannedSteps(network, settings.options.cache)
  const frozen = planned.some(({ on }) => on === 'codes') ? await frozenCodes(network, settings) : undefined
  const steps: StepResult[] = []
  try {
    for (const one of planned) {
      const { title, published = null } = one.step
      steps.push({ title, model, published, ...(await runStep(one, { network, settings, frozen, before: steps })) })
      settings.options.signal?.throwIfAborted()
    }
  } finally {
    frozen?.data.catalog.close()
  }
  const isRun = planned.some(({ on }) => on !== 'nothing')
  const twins = frozen?.duplicates?.map(({ test, train, similarity }) => ({ ...pathsOf(frozen, { test, train }), similarity })) ?? null
  const divided = frozen?.deviation === undefined ? [] : [frozen.deviation]
  return { model, codes: frozen?.result, steps, twins, deviations: isRun ? [...deviations, ...divided] : [] }
}

interface Run {
  readonly network: RunNetwork
  readonly settings: RunSettings
  readonly frozen: FrozenCodes | undefined
  /** What came of the steps before. */
  readonly before: readonly StepResult[]
}

async function runStep(planned: PlannedStep, run: Run): Promise<Pick<StepDone, keyof StepDone> | { status: 'not run'; why: string }> {
  if (planned.on === 'nothing') return { status: 'not run', why: planned.why }
  const { network, settings } = run
  settings.options.onStage?.(`${planned.step.title}, ${network.model}`)
  const started = performance.now()
  const done = await (planned.on === 'network'
    ? runTuneStep(planned.step, tuneContext(planned, run))
    : runCodesStep(planned.step, codesContext(run)))
  return { status: 'done', ...done, seconds: (performance.now() - started) / 1000 }
}

function stepContext({ network: { model }, settings, before }: Run): StepContext {
  const { without, memory, signal, onNote, onShare, onEpoch } = settings.options
  const name = toHeadName(`${settings.recipe.name}-${basename(model, extname(model))}-${before.length + 1}`)
  const training = { memory, onNote, onProgress: onShare, ...(signal && { interruptible: () => signal }) }
  return { ...settings, name, without, onEpoch, training }
}

function codesContext(run: Run) {
  const { frozen, settings } = run
  if (!frozen) throw new Error('Expected codes for a step that takes them')
  return { ...frozen, ...stepContext(run), near: settings.near, duplicates: frozen.duplicates ?? [] }
}

function tuneContext({ tail, deviations }: Extract<PlannedStep, { on: 'network' }>, run: Run): TuneContext {
  const { network, settings } = run
  const { model, size, resize, weights } = network
  const { images, recipe, seed, views, options } = settings
  const { folder: data, classes, excludeClasses } = images
  const divide: TuneContext['tuned']['divide'] = (set) => applySplit(set, recipe.split, { generated: images.origin === 'generated' }).data
  const { cache, device, engine, onProgress: onImages, onDownload } = options
  const how = { cache, device, engine, onImages, onDownload, model, size, resize, weights }
  const tuned = { ...how, data, classes, excludeClasses, seed, ...views, ...sharesOf(recipe.split), divide }
  return { ...stepContext(run), tuned, tail, deviations, frozen: headBefore(run) }
}

/** The last step before that trained a head on the frozen network. */
function headBefore({ network: { steps }, before }: Run): HeadStep | undefined {
  return steps
    .slice(0, before.length)
    .flatMap((step) => (step.kind === 'head' ? [step] : []))
    .at(-1)
}

const pathsOf = ({ data: { images } }: FrozenCodes, { test, train }: { readonly test: number; readonly train: number }) => ({
  test: images[test]?.path ?? '',
  train: images[train]?.path ?? '',
})
