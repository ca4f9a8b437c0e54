import type { HeadStep, SweepStep } from './published/recipe.js'
import { runHeadStep } from './run-head-step.js'
import { runSweepStep } from './run-sweep-step.js'
import type { CodesContext } from './step-context.js'
import type { StepDone } from './step-result.js'

/** Runs a step of any kind on a frozen network's codes. */
export function runCodesStep(step: HeadStep | SweepStep, context: CodesContext): Promise<Omit<StepDone, 'status' | 'seconds'>> {
  switch (step.kind) {
    case 'head':
      return runHeadStep(step, context)
    case 'sweep':
      return runSweepStep(step, context)
  }
}
