import type { Recipe, RecipeNetwork } from './published/recipe.js'

/** A network as it is run: the recipe's, or the user's in its place. */
export interface RunNetwork extends Pick<RecipeNetwork, 'model' | 'steps'> {
  /** Default the network's own. */
  readonly size: number | undefined
  /** Default squish. */
  readonly resize: RecipeNetwork['resize'] | undefined
  /** What is done otherwise. */
  readonly deviations: readonly string[]
  /** Why none of its steps is run. */
  readonly why: string | undefined
}

interface Chosen {
  readonly model?: string | undefined
  readonly weights?: string | undefined
}

/** The networks of a recipe; one that the user names does the steps of the first, and those of others that need no pretrained network stay. */
export function plannedNetworks({ networks }: Recipe, { model, weights }: Chosen): RunNetwork[] {
  const random = weights === 'random' ? ["The network's weights are random: accuracies mean nothing."] : []
  return networks.map((network, at): RunNetwork => {
    if (model === undefined || !network.steps.some(({ kind }) => kind === 'head')) return { ...network, deviations: random, why: undefined }
    const [{ model: own } = network] = networks
    if (at > 0) return { ...network, deviations: [], why: `--model ${model} takes the place of ${own} alone` }
    const instead = `${model} takes the place of ${network.model}: at its own size instead of ${network.size}, resized by squish instead of ${network.resize}.`
    return { ...network, model, size: undefined, resize: undefined, deviations: [instead, ...random], why: undefined }
  })
}
