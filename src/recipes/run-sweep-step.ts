import { basename, join } from 'node:path'
import { sweepSamples } from '../evaluate/sweep-samples.js'
import { writeSweep } from '../report/write-sweep.js'
import type { SweepStep } from './published/recipe.js'
import { shorten } from './shorten.js'
import type { CodesContext, StepRunner } from './step-context.js'

/** Sub-samples of each size. */
const [usual, few] = [5, 2]

/** Sizes of a quick run: the smallest ones. */
const fewSizes = 2

/** Sweeps over images per class as sweep-samples does. */
export const runSweepStep: StepRunner<SweepStep, CodesContext> = async (step, context) => {
  const { codes, split, validation, seed, name, out, quick, training } = context
  const perClass = quick ? step.perClass.slice(0, fewSizes) : step.perClass
  const options = { ...shorten(step.options, context), ...training, ...codes, split, validation, seed }
  const { points, comparisons, curves, seconds, ...meta } = await sweepSamples({ ...options, perClass, repeats: quick ? few : usual })
  const subtitle = `${basename(meta.data)}: ${meta.classes} classes, ${meta.test} test images; ${basename(meta.model)}`
  const sweep = { points, comparisons, curves, seconds, meta, title: 'Accuracy against training images', subtitle }
  return {
    rows: points.map(({ perClass, mean, low, high }) => ({
      what: `${perClass} images per class`,
      ...{ accuracy: mean, images: meta.test, low, high },
    })),
    deviations: [],
    files: await writeSweep(join(out, name), sweep),
    figures: { points, ...meta },
  }
}
