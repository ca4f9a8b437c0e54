import type { ExtractOptions } from '../extract/options.js'
import type { EpochEntry } from '../heads/network/train-network.js'
import type { RecipeImagesOptions } from './recipe-images.js'

export interface RunRecipeOptions
  extends Partial<Omit<RecipeImagesOptions, 'out'>>,
    Pick<ExtractOptions, 'cache' | 'weights' | 'device' | 'engine' | 'workers' | 'onProgress' | 'onDownload' | 'onNote'> {
  /** Takes the place of the recipe's first network, at its own size. */
  readonly model?: string | undefined
  /** Folder of report, plots and generated images, default CACHE/recipes/NAME. */
  readonly out?: string | undefined
  /** Cosine of pooled codes from which on two images count as one picture, default `nearThreshold`. */
  readonly near?: number | undefined
  /** Paths below the data folder or sha256 of images that are left out of a second accuracy, as of those that the network was trained on. */
  readonly without?: ReadonlySet<string> | undefined
  readonly memory?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told what is being done. */
  readonly onStage?: ((text: string) => void) | undefined
  /** Told after each epoch of a head, and how many there are at most. */
  readonly onEpoch?: ((history: readonly EpochEntry[], epochs: number) => void) | undefined
  readonly onShare?: ((stage: string, share: number) => void) | undefined
}
