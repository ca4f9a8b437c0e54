import { FAR, type LearningCurve, type TargetSize } from '../evaluate/learning-curve.js'
import { seriesNames } from '../evaluate/series.js'

/** A line for each curve that was asked for a target: how many images the accuracy needs, and how sure that is. */
export function targetText(curves: readonly LearningCurve[]): string[] {
  const names = seriesNames(curves)
  return curves.flatMap((curve, index) => {
    const { target } = curve
    if (target === null) return []
    return `${curves.length > 1 ? `${names[index]}: ` : ''}${percent(target.accuracy)} ${need(target, curve)}`
  })
}

function need(target: TargetSize, { a, from, to }: LearningCurve): string {
  const images = target.total === null ? `${count(target.perClass ?? 0)} images per class` : `${count(target.total)} images`
  const needs = `needs about ${images}${intervalText(target)}`
  if (target.reach === 'never') return `is above what the fitted curve ever reaches, ${percent(a)}.${lowest(target)}`
  if (target.reach === 'measured') return `${needs}.`
  if (target.reach === 'below') return `is reached below the smallest size measured, ${count(from)}: ${needs}, extrapolated.`
  if (target.reach === 'extrapolated') return `${needs}: extrapolated, the largest size measured is ${count(to)}.`
  return `${needs}: a guess, more than ${FAR} times the largest size measured, ${count(to)}.`
}

function intervalText({ low, high }: TargetSize): string {
  if (low === null) return ''
  return high === null ? ` (95 % interval from ${count(low)}, open above)` : ` (95 % interval ${count(low)} – ${count(high)})`
}

const lowest = ({ low }: TargetSize) => (low === null ? '' : ` The 95 % interval begins at ${count(low)}.`)

const count = (value: number) => Math.round(value).toLocaleString('en-US')

/** 0.95 → '95 %', 0.9512 → '95.12 %'. */
const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`
