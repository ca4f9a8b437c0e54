import { oneLine } from '../base/one-line.js'
import type { ExtractResult, ExtractSeveralResult } from '../extract/options.js'
import type { CodePlan, SeveralPlan } from '../extract/plan-codes.js'
import type { Bound } from '../extract/what-bounds.js'
import { bytes, count, duration, percent } from './format.js'

/** What `--json` prints: one kind of code is told flat, several with their totals. */
export function resultJson({ runs, ...totals }: ExtractSeveralResult): ExtractSeveralResult | ExtractResult {
  const [only, ...others] = runs
  return only && others.length === 0 ? { ...only, ...totals } : { ...totals, runs }
}

/** The same of a plan. */
export function planJson({ runs, ...plan }: SeveralPlan): SeveralPlan | CodePlan {
  const [only, ...others] = runs
  if (!only || others.length > 0) return { ...plan, runs }
  const { codeShape, fingerprint, views } = only
  return { ...plan, codeShape, fingerprint, views }
}

/** What a run did, for people; `next`: the last line of a run that came to its end. */
export function summary({ runs, ...result }: ExtractSeveralResult, next: string): string {
  const lines = [
    `${countsText(result)}${result.computed > 0 ? ` (${rateText(result)})` : ''}`,
    ...runs.map((run) => runLine(run, runs.length > 1)),
  ]
  if (result.interrupted) lines.push('Interrupted; finished work is kept. Run the same command again to go on.')
  else lines.push(next)
  return lines.join('\n')
}

const boundNames: Readonly<Record<Bound, string>> = {
  read: 'reading files',
  decode: 'decoding',
  forward: 'the forward pass',
  write: 'writing codes',
}

function rateText({ imagesPerSecond, bound, shares, threads }: Omit<ExtractSeveralResult, 'runs'>): string {
  const bounds = bound ? `, bound by ${boundNames[bound]}` : ''
  const { decode, forward, write } = shares
  // Without threads of its own the process had workers compute, and knows nothing of their CPU time.
  const cpu = threads ? `; CPU time: decode ${percent(decode, 0)}, forward ${percent(forward, 0)}, write ${percent(write, 0)}` : ''
  return `${imagesPerSecond.toFixed(0)} images/s${bounds}${cpu}`
}

/** What became of the images, and how long it took. */
export function countsText({ images, computed, cached, quarantined, seconds }: Omit<ExtractSeveralResult, 'runs'>): string {
  return `${count(images)} images: ${count(computed)} computed, ${count(cached)} from the cache, ${count(quarantined)} quarantined, in ${duration(seconds)}`
}

function runLine(
  { model, layer, resize, decoder, codeShape, codeLength, dtype, engine, provider, precision, computed, heldBatch, ...run }: ExtractResult,
  several: boolean,
): string {
  const held = heldBatch === null ? '' : `, ${count(heldBatch)} image${heldBatch === 1 ? '' : 's'} at a time (memory did not hold more)`
  const own = several ? `, ${count(computed)} computed` : ''
  const resized = `${resize === 'squish' ? '' : `, resized by ${resize}`}${decoder === 'fast' ? ', decoded fast' : ''}`
  return `${oneLine(model)}, layer ${oneLine(layer)}${resized}: ${codeLength === 0 ? 'no codes yet' : `codes of ${codeShape.join(' × ')} = ${count(codeLength)} numbers`}, ${dtype}, ${engine} on ${provider}${precision === 'float32' ? '' : ` in ${precision}`}${own}${held}${viewsText(run)}`
}

/** How many views there are, and how many codes of them are new; nothing where there is the plain one alone. */
function viewsText({ augment, views }: Pick<ExtractResult, 'augment' | 'views'>): string {
  if (!augment) return ''
  const computed = views.reduce((sum, view) => sum + view.computed, 0)
  return `; ${count(views.length)} views by ${augment.spec}, ${count(computed)} codes computed`
}

/** What a run would do, for people. */
export function planText(plan: SeveralPlan): string {
  const { images, hits, misses, diskBytes, seconds, imagesPerSecond, unusable, runs } = plan
  const views = Math.max(...runs.map((run) => run.views.length))
  const codes = runs.flatMap((run) => run.views).reduce((sum, view) => sum + view.misses, 0)
  const of = views > 1 ? ` (${count(codes)} codes of ${count(views)} views)` : ''
  const refused = unusable > 0 ? `, ${count(unusable)} unusable` : ''
  const todo =
    misses === 0 ? 'Nothing to do.' : `About ${duration(seconds)} at ${imagesPerSecond.toFixed(0)} images/s, ${bytes(diskBytes)} of disk.`
  return `${count(images)} images: ${count(hits)} in the cache, ${count(misses)} to compute${of}${refused}.\n${todo} Nothing was written.`
}
