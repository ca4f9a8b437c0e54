import type { HeadStep } from './published/recipe.js'

/** Epochs of a quick run, at most. */
const fewEpochs = 2

/** A training's options; of a quick run with few epochs, and with a smaller head where the recipe has one for it. */
export function shorten<O extends HeadStep['options']>({ quickHead, ...options }: O, { quick }: { readonly quick: boolean }) {
  if (!quick) return options
  return { ...options, head: quickHead ?? options.head, epochs: Math.min(fewEpochs, options.epochs ?? fewEpochs) }
}
