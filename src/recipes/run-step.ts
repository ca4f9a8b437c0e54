import type { RecipeStep } from './published/recipe.js'
import { runHeadStep } from './run-head-step.js'
import { runSweepStep } from './run-sweep-step.js'
import type { StepContext } from './step-context.js'
import type { StepDone, StepNotRun } from './step-result.js'

/** Why a kind of step cannot be run; undefined where it can. */
export function cannotRun({ kind }: RecipeStep): string | undefined {
  return kind === 'fine-tune' ? 'layers of the network itself cannot be trained yet' : undefined
}

/** Runs a step of any kind. */
export async function runStep(step: RecipeStep, context: StepContext): Promise<StepDone | StepNotRun> {
  const started = performance.now()
  const result = await dispatch(step, context)
  if (result === undefined) return { status: 'not run', why: cannotRun(step) ?? '' }
  return { status: 'done', ...result, seconds: (performance.now() - started) / 1000 }
}

function dispatch(step: RecipeStep, context: StepContext) {
  switch (step.kind) {
    case 'head':
      return runHeadStep(step, context)
    case 'sweep':
      return runSweepStep(step, context)
    case 'fine-tune':
      return undefined
  }
}
