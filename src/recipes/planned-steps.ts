import { type FittedTail, planTune } from './plan-tune.js'
import type { RunNetwork } from './planned-networks.js'
import type { FineTuneStep, HeadStep, SweepStep } from './published/recipe.js'

/** A step as it is run: on the frozen network's codes, by training the network, or not at all. */
export type PlannedStep =
  | { readonly on: 'codes'; readonly step: HeadStep | SweepStep }
  | ({ readonly on: 'network'; readonly step: FineTuneStep } & FittedTail)
  | { readonly on: 'nothing'; readonly step: RunNetwork['steps'][number]; readonly why: string }

/** Which steps of a network can be run, and how: asked before any image is read. */
export async function plannedSteps(network: RunNetwork, cache: string): Promise<PlannedStep[]> {
  const planned: PlannedStep[] = []
  for (const step of network.steps) planned.push(await plannedStep(step, network, cache))
  return planned
}

async function plannedStep(step: RunNetwork['steps'][number], network: RunNetwork, cache: string): Promise<PlannedStep> {
  if (network.why !== undefined) return { on: 'nothing', step, why: network.why }
  if (step.kind !== 'fine-tune') return { on: 'codes', step }
  const plan = await planTune(step, network, cache)
  return 'why' in plan ? { on: 'nothing', step, why: plan.why } : { on: 'network', step, ...plan }
}
