import { defaultRate } from '../heads/optimizers/index.js'
import { batchDefaults } from './head-options.js'
import { isOptimizer } from './head-trainers.js'
import type { ResolvedHead } from './resolve-head.js'

/** What shaped a training beside the head, the solver, its λ and the seed, by the names of `HeadOptions`; null: none. */
export type TrainingSettings = Readonly<Record<string, string | number | null | Readonly<Record<string, number>>>>

/** The options as given, or their defaults: with them, the seed and the parts, the training can be repeated. */
export function trainingSettings(options: ResolvedHead): TrainingSettings {
  const { solver, labelSmoothing = 0, classWeights = null } = options
  if (solver !== 'lbfgs' && solver !== 'svm' && !isOptimizer(solver)) return {}
  if (!isOptimizer(solver)) return { classWeights, ...(solver === 'lbfgs' && { labelSmoothing }) }
  const { epochs = batchDefaults.epochs, batch = batchDefaults.batch, schedule = batchDefaults.schedule } = options
  const { lr = defaultRate(solver), l1 = 0, focal = 0 } = options
  const chosenBy = Number(options.validation ?? '0.1') === 0 ? null : 'val-loss'
  const { clipNorm = null, monitor = chosenBy, patience = null, weightDecay = 0.004 } = options
  const decay = solver === 'adamw' ? { weightDecay } : {}
  return { epochs, batch, lr, schedule, l1, labelSmoothing, classWeights, focal, clipNorm, ...decay, monitor, patience }
}
