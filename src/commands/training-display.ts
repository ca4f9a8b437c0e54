import chart from 'simple-ascii-chart'
import type { EpochEntry } from '../heads/network/train-network.js'
import { percent } from './format.js'
import type { LiveDisplay } from './terminal.js'

/** Shows losses and accuracies while a head is trained. */
export interface TrainingDisplay {
  /** Told after each epoch. */
  update(history: readonly EpochEntry[]): void
}

/**
 * On a terminal charts that are drawn anew after each epoch, blue for the train part and yellow for the validation part; elsewhere a
 * line an epoch. Without colours one part alone, validation where there is one; where a terminal is too low for charts, the line.
 */
export function trainingDisplay(live: LiveDisplay, epochs: number): TrainingDisplay {
  return {
    update(history) {
      const last = history.at(-1)
      if (!last) return
      const line = epochLine(last, epochs)
      live.show({ line, picture: history.length < 2 || chartRows(live) < 3 ? line : `${charts(history, live)}\n${line}` })
    },
  }
}

/** "epoch 3/20: loss 0.412, accuracy 88.1 %; validation loss 0.510, accuracy 85.2 %" */
export function epochLine({ epoch, loss, accuracy, valLoss, valAccuracy }: EpochEntry, epochs: number): string {
  const held =
    valLoss === null || valAccuracy === null ? '' : `; validation loss ${valLoss.toPrecision(3)}, accuracy ${percent(valAccuracy)}`
  return `epoch ${epoch}/${epochs}: loss ${loss.toPrecision(3)}, accuracy ${percent(accuracy)}${held}`
}

/** Rows of each of the two charts, whose titles, axes and the line below take 13 more. */
const chartRows = ({ rows }: LiveDisplay) => Math.min(7, Math.floor((rows - 14) / 2))

function charts(history: readonly EpochEntry[], live: LiveDisplay): string {
  const { width, colour } = live
  const isHeld = history.some(({ valLoss }) => valLoss !== null)
  const shown = colour ? [0, 1] : [isHeld ? 1 : 0]
  const draw = (title: string, of: (entry: EpochEntry) => readonly (number | null)[]) => {
    const both = shown.map((which) => history.flatMap((entry) => places(entry.epoch, of(entry)[which])))
    return chart(
      both.filter((line) => line.length > 0),
      {
        title,
        height: chartRows(live),
        width: Math.max(20, Math.min(70, width - 16)),
        ...(colour ? { color: ['ansiBlue', 'ansiYellow'] } : {}),
        formatter: (value, { axis }) => (axis === 'x' ? String(Math.round(value)) : value.toPrecision(3)),
      },
    )
  }
  const parts = colour ? ' (blue: train, yellow: validation)' : ' (validation)'
  const title = (name: string) => `${name}${isHeld ? parts : ''}`
  return [
    draw(title('loss'), ({ loss, valLoss }) => [loss, valLoss]),
    draw(title('accuracy'), ({ accuracy, valAccuracy }) => [accuracy, valAccuracy]),
  ].join('\n')
}

const places = (x: number, y: number | null | undefined): [number, number][] => (y === null || y === undefined ? [] : [[x, y]])
