import { backbones } from '../backbones/index.js'
import type { Recipe, RecipeNetwork } from './published/recipe.js'

/** A network as it is run: the recipe's, or the user's in its place. */
export interface RunNetwork extends Pick<RecipeNetwork, 'model' | 'steps'> {
  /** The recipe's own network where another takes its place. */
  readonly insteadOf: string | undefined
  /** Default the network's own. */
  readonly size: number | undefined
  /** Default squish. */
  readonly resize: RecipeNetwork['resize'] | undefined
  /** Default the official ones. */
  readonly weights: string | undefined
  /** What is done otherwise. */
  readonly deviations: readonly string[]
  /** Why none of its steps is run. */
  readonly why: string | undefined
}

interface Chosen {
  readonly model?: string | undefined
  readonly weights?: string | undefined
  /** Side of a network's images; one that takes another's place has its own. */
  readonly sizeOf: (network: RecipeNetwork) => number
}

/**
 * The networks of a recipe; one that the user names does the steps of the first, and those of others that need no pretrained network stay.
 * Weights from a file are the first one's.
 */
export function plannedNetworks(recipe: Recipe, chosen: Chosen): RunNetwork[] {
  const { model } = chosen
  return recipe.networks.map((network, at): RunNetwork => {
    const pretrained = isPretrained(network)
    const weights = pretrained && (at === 0 || chosen.weights === 'random') ? chosen.weights : undefined
    const own = ownNetwork(network, { ...chosen, ...recipe, weights })
    if (model === undefined || !pretrained) return own
    const [{ model: first } = network] = recipe.networks
    if (at > 0) return { ...own, deviations: [], why: `--model ${model} takes the place of ${first} alone` }
    const instead = `${model} takes the place of ${network.model}: at its own size instead of ${network.size}, resized by squish${network.resize === 'squish' ? ' too' : ` instead of ${network.resize}`}.`
    const random = own.weights === 'random' ? [randomWeights(recipe)] : []
    return { ...own, model, insteadOf: network.model, size: undefined, resize: undefined, deviations: [instead, ...random], why: undefined }
  })
}

/** Whether a network's steps begin with weights that it was trained to. */
const isPretrained = ({ steps }: RecipeNetwork) => steps.some(({ kind }) => kind !== 'fine-tune')

const randomWeights = ({ pollution }: Pick<Recipe, 'pollution'>) =>
  `The network's weights are random: accuracies mean nothing${pollution ? ', and near-duplicates are not looked for' : ''}.`

function ownNetwork(network: RecipeNetwork, chosen: Chosen & Pick<Recipe, 'pollution'>): RunNetwork {
  const { weights, sizeOf } = chosen
  const size = sizeOf(network)
  const deviations = [
    ...(size < network.size ? [`A quick run: ${network.model} at ${size} pixels instead of ${network.size}.`] : []),
    ...(weights === 'random' ? [randomWeights(chosen)] : []),
  ]
  const why = backbones.has(network.model) ? undefined : `there is no network ${network.model} yet`
  return { ...network, insteadOf: undefined, size, weights, deviations, why }
}
