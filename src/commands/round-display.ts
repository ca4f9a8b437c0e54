import { oneLine } from '../base/one-line.js'
import type { ExtractSeveralResult } from '../extract/options.js'
import { countsText } from './codes-summary.js'
import type { Terminal } from './terminal.js'

export interface RoundDisplayOptions {
  readonly json: boolean
  readonly quiet: boolean
  /** Takes away the progress of the round. */
  readonly stop: () => void
  /** Lists quarantined images. */
  readonly list: (round: ExtractSeveralResult) => void
}

/** Says what `codes --watch` does: a line for each round, and each quarantined image once as long as it stays as it is. */
export function roundDisplay(terminal: Terminal, { json, quiet, stop, list }: RoundDisplayOptions) {
  let told: ReadonlySet<string> | undefined
  const onRound = (round: ExtractSeveralResult) => {
    stop()
    if (!json) terminal.print(countsText(round))
    else if (!quiet) terminal.note(countsText(round))
    if (quiet) return
    const runs = round.runs.map((run) => ({ ...run, quarantine: run.quarantine.filter((one) => !told?.has(textOf(one))) }))
    list({ ...round, runs })
    if (!told) terminal.note('Watching for new images; Ctrl-C ends it.')
    told = new Set(round.runs.flatMap(({ quarantine }) => quarantine.map(textOf)))
  }
  const onWait = (reason: string) => {
    if (!quiet) terminal.note(`Waiting: ${oneLine(reason)}`)
  }
  return { onRound, onWait }
}

const textOf = ({ path, reason }: { readonly path: string; readonly reason: string }) => `${path}: ${reason}`
