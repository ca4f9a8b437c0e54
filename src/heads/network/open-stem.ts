import { availableParallelism } from 'node:os'
import { makeOptimizer } from '../optimizers/index.js'
import { checkWeights } from './check-weights.js'
import { LocalStem, type StemSetup } from './local-stem.js'
import type { Stem } from './stem.js'
import { StemThreads } from './stem-threads.js'

/** Weights of the first dense layer from which threads pay: below, messages take longer than the work. */
const worthThreads = 2 ** 19

/** Columns of a thread at least: they are divided in sixteens. */
const leastColumns = 16

/** Opens a stem in this thread, or shared by several. */
export async function openStem(setup: Omit<StemSetup, 'from' | 'to'>): Promise<Stem> {
  const { layers, inputs, threads } = setup
  const dense = layers.at(-1)
  const units = dense?.type === 'dense' ? dense.units : 0
  const wanted = threads ?? (inputs * units < worthThreads ? 1 : availableParallelism())
  const count = Math.min(wanted, Math.floor(inputs / leastColumns))
  checkWeights({ inputs: inputs / Math.max(1, count), units }, makeOptimizer(setup.optimizer)) // threads could not tell it well
  const whole = { ...setup, from: 0, to: inputs }
  return count > 1 ? StemThreads.start(whole, count) : new LocalStem(whole)
}
