import type { TopLevelSpec } from 'vega-lite'
import { UserError } from '../base/errors.js'
import type { HistoryEntry } from '../evaluate/trained-head.js'
import { plotConfig, plotWidth, seriesColours } from './plot-style.js'
import { textEms } from './wrap-text.js'

export interface TrainingPlotOptions {
  readonly history: readonly HistoryEntry[]
  /** The epoch whose weights were kept; null where there is none. */
  readonly kept: number | null
  readonly title: string
}

/**
 * Loss and accuracy of a training, train and validation part each: against the epochs, or where λ was searched for against λ.
 *
 * @throws UserError for an empty history.
 */
export function trainingPlot({ history, kept, title }: TrainingPlotOptions): TopLevelSpec {
  if (history.length === 0) throw new UserError('Expected a history of at least one epoch, got none.')
  const byL2 = kept === null && history.every(({ l2 }) => l2 !== undefined)
  const x = byL2
    ? ({
        field: 'x',
        type: 'quantitative',
        title: 'L2 (λ)',
        scale: { type: 'log' },
        axis: { format: '.0e', grid: false, labelOverlap: true },
      } as const)
    : ({
        field: 'x',
        type: 'quantitative',
        title: 'Epoch',
        scale: { nice: false },
        axis: { format: 'd', tickMinStep: 1, grid: false },
      } as const)
  const panel = (name: string, values: readonly Drawn[], format: string) => ({
    width: plotWidth / 2 - 30,
    height: 220,
    data: { values: [...values] },
    encoding: { x },
    layer: [
      {
        mark: { type: 'line', point: history.length < 40, strokeWidth: 2 } as const,
        encoding: {
          y: { field: 'value', type: 'quantitative', title: name, scale: { zero: false }, axis: { format, tickCount: 5 } } as const,
          color: legend,
        },
      },
      ...(kept === null ? [] : [{ data: { values: [{ x: kept }] }, mark: keptMark, encoding: { x } }]),
    ],
  })
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: kept === null ? [] : [`Dashed: epoch ${kept}, whose weights were kept`] },
    config: plotConfig,
    hconcat: [
      panel(
        'Loss',
        drawn(history, byL2, ({ loss, valLoss }) => [loss, valLoss]),
        '.3~g',
      ),
      panel(
        'Accuracy',
        drawn(history, byL2, ({ accuracy, valAccuracy }) => [accuracy, valAccuracy]),
        '.1~%',
      ),
    ],
  }
}

const keptMark = { type: 'rule' as const, strokeDash: [4, 3], color: '#888' }

interface Drawn {
  readonly x: number
  readonly part: string
  readonly value: number
}

const parts = ['train', 'validation'] as const

function drawn(history: readonly HistoryEntry[], byL2: boolean, of: (entry: HistoryEntry) => readonly (number | null)[]): Drawn[] {
  return history.flatMap((entry) =>
    of(entry).flatMap((value, which) =>
      value === null ? [] : [{ x: (byL2 ? entry.l2 : entry.epoch) ?? 0, part: parts[which] ?? '', value }],
    ),
  )
}

const legend = {
  field: 'part',
  type: 'nominal',
  title: null,
  scale: { domain: [...parts], range: seriesColours.slice(0, 2) },
  legend: { orient: 'bottom', labelLimit: 0, columnPadding: 2 * textEms('validation') },
} as const
