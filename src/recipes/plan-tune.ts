import { architectures } from '../backbones/architectures.js'
import type { BackboneOptions } from '../backbones/backbone.js'
import { describeBackbone } from '../backbones/describe-backbone.js'
import { clauseOf, UserError } from '../base/errors.js'
import type { CutOptions } from '../finetune/find-cut.js'
import { nearestTail } from '../finetune/nearest-tail.js'
import { planTail } from '../finetune/plan-tail.js'
import type { RunNetwork } from './planned-networks.js'
import type { FineTuneStep, RecipeTail } from './published/recipe.js'

/** Which layers a step trains. */
export interface FittedTail {
  readonly tail: CutOptions
  /** What that has to do with the recipe's own. */
  readonly deviations: readonly string[]
}

/** Decides which layers a step trains, and whether they can be; or says why not. No image is read, and no weights are needed. */
export async function planTune(
  { title, tail }: FineTuneStep,
  network: RunNetwork,
  cache: string,
): Promise<FittedTail | { readonly why: string }> {
  const { model, size, insteadOf } = network
  const options = { cache, size, keep: false, ...(architectures.has(model) ? { weights: 'random' } : {}) }
  try {
    const fitted = insteadOf === undefined ? undefined : await fittedTail(tail, { model, insteadOf, options })
    const { backbone, cut } = await planTail(model, { ...options, ...(fitted ?? tail) })
    const instead = `"${title}": of ${backbone.name} these are the last ${cut.layers.length} layers, from ${cut.layers[0]} on.`
    return { tail: fitted ?? tail, deviations: fitted === undefined ? [] : [instead] }
  } catch (error) {
    if (error instanceof UserError) return { why: clauseOf(error) }
    throw error
  }
}

interface Other {
  readonly model: string
  readonly insteadOf: string
  readonly options: BackboneOptions
}

/**
 * The tail for a network that takes the place of the recipe's: as many of its last layers, or from a named layer the same share of them, at
 * least; all where all are trained.
 */
async function fittedTail(tail: RecipeTail, { model, insteadOf, options }: Other): Promise<CutOptions> {
  if ('last' in tail) return nearestTail(model, options, tail.last)
  if (tail.from === 'input') return tail
  const [own, other] = [(await describeBackbone(insteadOf)).layers, (await describeBackbone(model, options)).layers]
  const share = 1 - own.findIndex(({ name }) => name === tail.from) / own.length
  return nearestTail(model, options, Math.round(share * other.length))
}
