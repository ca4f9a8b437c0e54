import type { ExtractResult, ExtractSeveralResult, ViewResult } from './options.js'

/** The totals with one more round: counts of what was computed and seconds add up, everything else is as the round left it. */
export function addRound(total: ExtractSeveralResult | undefined, round: ExtractSeveralResult): ExtractSeveralResult {
  if (!total) return round
  const runs = round.runs.map((run, which): ExtractResult => {
    const before = total.runs[which] ?? run
    return { ...run, ...added(before, run), views: run.views.map((view, k) => addedView(before.views[k] ?? view, view, run.images)) }
  })
  return { ...round, ...added(total, round), runs }
}

function addedView(total: ViewResult, view: ViewResult, images: number): ViewResult {
  const computed = total.computed + view.computed
  return { ...view, computed, cached: Math.max(0, images - computed - view.quarantined) }
}

type Added = 'images' | 'computed' | 'cached' | 'quarantined' | 'seconds' | 'imagesPerSecond' | 'shares'

function added(total: Pick<ExtractResult, Added>, { images, quarantined, ...round }: Pick<ExtractResult, Added>) {
  const computed = total.computed + round.computed
  const seconds = total.seconds + round.seconds
  // An image that was computed and deleted since is counted as computed, but not among the images.
  const cached = Math.max(0, images - computed - quarantined)
  const share = (of: keyof ExtractResult['shares']) =>
    computed === 0 ? 0 : (total.shares[of] * total.computed + round.shares[of] * round.computed) / computed
  const shares = { decode: share('decode'), forward: share('forward'), write: share('write') }
  return { computed, cached, seconds, imagesPerSecond: computed === 0 ? 0 : computed / seconds, shares }
}
