import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import type { FoundProblem } from '../cache/verify/verify-folder.js'
import { isBad } from '../cache/verify/verify-folder.js'
import { type VerifyCacheResult, verifyCache } from '../extract/verify-cache.js'
import { textTable } from '../report/text-table.js'
import { command } from './command.js'
import { bytes, count, counted, duration } from './format.js'
import { positiveInteger } from './option-values.js'
import { dataOptions, engineOptions } from './options.js'
import { noProgress } from './terminal.js'

/** Problems and codes that could not be checked that are told one by one. */
const listed = 20

export const cacheVerify = command({
  name: 'verify',
  describe: 'Check every byte of the cache: shards, catalog and, with --recompute, codes against their images',
  options: {
    cache: dataOptions.cache,
    recompute: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('recompute'),
      describe: 'Compute so many codes again, chosen at random, and compare',
    },
    repair: {
      type: 'boolean',
      default: false,
      describe: 'Drop what is bad, so that the next codes computes it again; take up what a crash left',
    },
    ...engineOptions,
    seed: dataOptions.seed,
    json: dataOptions.json,
    quiet: dataOptions.quiet,
  },
  examples: [
    ['cache verify', 'changes nothing; exit code 1 when something is bad'],
    ['cache verify --recompute 50', 'and computes 50 codes again'],
    ['cache verify --repair', 'and mends what can be mended'],
  ],
  async run({ json, quiet, ...options }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    const onProgress = (done: number, all: number, rate: number) => display.update(done, all, `shards, ${bytes(Math.round(rate))}/s`)
    const onCode = (done: number, all: number) => display.update(done, all, 'codes computed again')
    const result = await verifyCache({ ...options, onProgress, onCode }).finally(() => display.stop())
    terminal.print(json ? JSON.stringify(result) : verifiedText(result, options))
    return isBad(result) ? 1 : 0
  },
})

function verifiedText(result: VerifyCacheResult, { cache, repair }: { readonly cache: string; readonly repair: boolean }): string {
  const table = textTable(
    [{ title: 'step' }, { title: 'time', align: 'right' }, { title: 'found' }],
    result.steps.map(({ name, seconds, problems }) => [name, duration(seconds), foundText(problems)]),
  )
  const problems = result.steps.flatMap((step) => step.problems)
  return [
    table,
    '',
    ...some(problems.map(problemText)),
    ...(problems.length > 0 ? [''] : []),
    ...recomputedLines(result),
    verdict(result, { problems, repair, cache }),
  ].join('\n')
}

function foundText(problems: readonly FoundProblem[]): string {
  const kinds = ['bad', 'orphan', 'leftover', 'strange'] as const
  const parts = kinds.flatMap((kind) => {
    const of = problems.filter((problem) => problem.kind === kind).length
    return of === 0 ? [] : `${count(of)} ${kind}`
  })
  return parts.join(', ') || 'nothing'
}

const problemText = ({ kind, file, reason, repaired }: FoundProblem) =>
  `${kind}: ${oneLine(file)}: ${oneLine(reason)}${repaired ? ' (repaired)' : ''}`

function some(lines: readonly string[]): string[] {
  const more = lines.length - listed
  return [...lines.slice(0, listed), ...(more > 0 ? [`… and ${count(more)} more (--json lists them all)`] : [])]
}

function recomputedLines({ recomputed }: VerifyCacheResult): string[] {
  if (!recomputed) return []
  const { codes, equal, close, different, unchecked } = recomputed
  const parts = [
    `${count(equal)} equal`,
    ...(close > 0 ? [`${count(close)} as near as another engine, device or CPU comes`] : []),
    ...(different > 0 ? [`${count(different)} different`] : []),
    ...(unchecked.length > 0 ? [`${count(unchecked.length)} that cannot be checked`] : []),
  ]
  const reasons = new Map<string, number>()
  for (const { reason } of unchecked) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return [
    `${counted(codes, 'code')} computed again: ${parts.join(', ')}.`,
    ...some([...reasons].map(([reason, of]) => `  ${count(of)}: ${oneLine(reason)}`)),
  ]
}

interface Verdict {
  readonly problems: readonly FoundProblem[]
  readonly repair: boolean
  readonly cache: string
}

function verdict(result: VerifyCacheResult, { problems, repair, cache }: Verdict): string {
  const all = `${counted(result.shards, 'shard')} with ${counted(result.rows, 'code')}`
  if (repair && result.repaired > 0) {
    const left = isBad(result) ? ' Something is left that only you can mend.' : ''
    return `${counted(result.repaired, 'problem')} repaired.${left} Run codes again: it computes what was dropped.`
  }
  if (isBad(result)) {
    return `Whole are ${all}; the rest is NOT right. Mend it with: npm run cache -- verify --repair${cacheOption(cache)}`
  }
  return `All right: ${all}.${problems.some(({ kind }) => kind !== 'strange') ? ' What a crash left the next codes takes up.' : ''}`
}
