import type { HeadFigures } from '../evaluate/measure-head.js'
import type { Confusion } from '../report/confusion-plot.js'
import { trainingPlot } from '../report/training-plot.js'
import { writePlot } from '../report/write-plot.js'
import type { RecipeStep } from './published/recipe.js'
import type { StepContext } from './step-context.js'

/** Draws a step's training; returns the files' paths. */
export async function trainingFiles(
  { title }: Pick<RecipeStep, 'title'>,
  { history, kept }: Pick<HeadFigures, 'history' | 'kept'>,
  { out, name }: Pick<StepContext, 'out' | 'name'>,
): Promise<string[]> {
  return history.length === 0 ? [] : writePlot(out, name, trainingPlot({ history, kept, title }))
}

/** What a head said of the test images of each class; undefined where images have several labels. */
export function confusionOf(figures: HeadFigures): Omit<Confusion, 'title'> | undefined {
  if (figures.multiLabel) return undefined
  return { classes: figures.classReport.map(({ label }) => label), counts: figures.confusion }
}
