import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../base/errors.js'
import { isWritable } from '../cache/paths.js'
import { batchDefaults, type HeadOptions } from '../evaluate/head-options.js'
import type { TrainHeadResult } from '../evaluate/train-head.js'
import { conflictNotes } from './conflict-notes.js'
import { type ExitCode, noProgress, type ProgressDisplay, type Terminal } from './terminal.js'
import type { TrainingDisplay } from './training-display.js'

interface TrainingArguments {
  readonly quiet: boolean
  readonly json: boolean
  readonly cache: string
  readonly epochs: number | undefined
}

/** What a training tells while it runs. */
type Told = Pick<HeadOptions, 'interruptible' | 'onEpoch' | 'onProgress'>

interface TrainingRun<Result> {
  /** @param display for what comes before the epochs. */
  train(told: Told, display: ProgressDisplay): Promise<Result>
  /** Told before all else. */
  note?(result: Result): void
  /** What people read in place of --json. @param plots files with the curves. */
  summary(result: Result, plots: readonly string[]): string
}

/** Trains a head: shows how it goes, keeps the curves beside what was saved, prints the result, and gives the exit code. */
export async function runTraining<Result extends TrainHeadResult>(
  args: TrainingArguments,
  terminal: Terminal,
  { train, note, summary }: TrainingRun<Result>,
): Promise<ExitCode> {
  const { TrainingInterrupted } = await import('../evaluate/training-interrupted.js')
  const display = args.quiet ? noProgress : terminal.progress()
  const curves = args.quiet ? undefined : await curvesOf(terminal, args.epochs)
  const told: Told = {
    interruptible: terminal.interruptible,
    onEpoch: (history) => {
      display.stop() // its line would be in the way
      curves?.update(history)
    },
    onProgress: (stage, share) => display.update(Math.round(share * 100), 100, stage),
  }
  const result = await train(told, display)
    .catch((error: unknown) => {
      if (error instanceof TrainingInterrupted) return error
      throw error
    })
    .finally(() => display.stop())
  if (result instanceof TrainingInterrupted) {
    terminal.note(result.message)
    return 130
  }
  note?.(result)
  for (const line of conflictNotes(result)) terminal.note(line)
  const plots = await plotsOf(result).catch((error: unknown): string[] => {
    terminal.note(`The curves could not be drawn: ${messageOf(error)}.`)
    return []
  })
  terminal.print(args.json ? JSON.stringify({ ...result, plots }) : summary(result, plots))
  // On a read-only cache nobody expects a head to be kept; elsewhere a script must not go on with an older one.
  return result.bundle === null && isWritable(args.cache) ? 1 : 0
}

/** The curves' display, which is loaded when it is wanted. */
async function curvesOf(terminal: Terminal, epochs: number = batchDefaults.epochs): Promise<TrainingDisplay> {
  const { trainingDisplay } = await import('./training-display.js')
  return trainingDisplay(terminal.live(), epochs)
}

/** Draws the training beside the saved head; nothing where there is no head, or no history. */
async function plotsOf({ bundle, history, kept, head, model, pool }: TrainHeadResult): Promise<string[]> {
  if (bundle === null) return []
  const isGrid = history.some(({ rate, l2 }) => rate !== undefined && l2 !== undefined)
  if (history.length === 0 || isGrid) {
    for (const old of ['training.svg', 'training.png']) rmSync(join(bundle, old), { force: true }) // another head's
    return []
  }
  const { trainingPlot } = await import('../report/training-plot.js')
  const { writePlot } = await import('../report/write-plot.js')
  const title = `${head} on ${pool === 'none' ? 'flat' : pool} codes of ${model}`
  return writePlot(bundle, 'training', trainingPlot({ history, kept, title }))
}
