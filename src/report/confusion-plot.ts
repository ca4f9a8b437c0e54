import type { TopLevelSpec } from 'vega-lite'
import { UserError } from '../base/errors.js'
import { plotConfig } from './plot-style.js'
import { wrapText } from './wrap-text.js'

/** What a classifier said of the images of each class. */
export interface Confusion {
  readonly title: string
  readonly classes: readonly string[]
  /** Rows are the images' classes, columns the predicted ones. */
  readonly counts: readonly (readonly number[])[]
}

/** Pixels of a cell, and the least; of more classes than so many only the cells that hold images are drawn, without their counts. */
const largest = 30
const smallest = 8
const counted = 30
const titleSize = 13

/**
 * Confusion matrices side by side: the colour is the share of the class's images, the number their count.
 *
 * @throws UserError where there is none.
 */
export function confusionPlot(matrices: readonly Confusion[]): TopLevelSpec {
  if (matrices.length === 0) throw new UserError('Expected at least one confusion matrix, got none.')
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: plotConfig,
    hconcat: matrices.map(panel),
  }
}

function panel({ title, classes, counts }: Confusion) {
  const hasCounts = classes.length <= counted
  const cell = hasCounts ? largest : Math.max(smallest, Math.floor((largest * counted) / classes.length))
  const values = counts.flatMap((row, actual) => {
    const sum = row.reduce((total, count) => total + count, 0)
    const cells = row.map((count, predicted) => ({
      ...{ actual: classes[actual] ?? '', predicted: classes[predicted] ?? '', count },
      share: sum === 0 ? 0 : count / sum,
    }))
    return hasCounts ? cells : cells.filter(({ count }) => count > 0)
  })
  const names = { sort: [...classes], scale: { domain: [...classes] } }
  const font = { labelFontSize: Math.min(12, cell), labelOverlap: false, ticks: hasCounts } as const
  const encoding = {
    x: { field: 'predicted', type: 'nominal', ...names, title: 'Predicted', axis: { ...font, labelAngle: hasCounts ? -45 : -90 } },
    y: { field: 'actual', type: 'nominal', ...names, title: 'Class', axis: font },
  } as const
  const share = { field: 'share', type: 'quantitative', scale: { domain: [0, 1], range: ['#f7fbff', '#08519c'] }, legend: null } as const
  const ink = { condition: { test: 'datum.share > 0.5', value: 'white' }, value: '#333' } as const
  return {
    title: { text: wrapText(title, { ems: (cell * classes.length + 60) / titleSize, lines: 3 }), fontSize: titleSize },
    width: cell * classes.length,
    height: cell * classes.length,
    data: { values },
    encoding,
    layer: [
      { mark: { type: 'rect' as const }, encoding: { color: share } },
      ...(hasCounts
        ? [
            {
              transform: [{ filter: 'datum.count > 0' }],
              mark: { type: 'text' as const },
              encoding: { text: { field: 'count' } as const, color: ink },
            },
          ]
        : []),
    ],
  }
}
