import type { FittedCurve } from '../evaluate/learning-curve.js'
import { seriesNames } from './series.js'

/** A sentence for each curve that was asked for an accuracy: the images that it needs. */
export function targetLines(curves: readonly FittedCurve[], inAll: boolean): string[] {
  const names = seriesNames(curves)
  const images = inAll ? 'images in all' : 'images per class'
  return curves.flatMap(({ target, a }, at) => {
    if (!target) return []
    const { accuracy, size, low, high, extrapolated } = target
    const name = names.length > 1 ? `${names[at]}: ` : ''
    const percent = `${(100 * accuracy).toFixed(1)} %`
    if (size === null) return [`${name}${percent} is beyond this curve, which comes to ${(100 * a).toFixed(1)} % with ever more images.`]
    const interval = low === null && high === null ? '' : ` (95 % interval ${low ?? 'more'} to ${high ?? 'any number'})`
    const far = extrapolated ? '; beyond the measured sizes, so take it as a guess' : ''
    return [`${name}${percent} needs about ${size} ${images}${interval}${far}.`]
  })
}
