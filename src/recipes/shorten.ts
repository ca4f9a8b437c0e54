import type { HeadOptions } from '../evaluate/head-options.js'

/** Epochs of a quick run, at most. */
const fewEpochs = 2

/** A training's options; of a quick run with few epochs. */
export function shorten<O extends Pick<HeadOptions, 'epochs'>>(options: O, { quick }: { readonly quick: boolean }): O {
  return quick ? { ...options, epochs: Math.min(fewEpochs, options.epochs ?? fewEpochs) } : options
}
