import type { TopLevelSpec } from 'vega-lite'
import type { ClassMap } from '../evaluate/class-map.js'
import { plotConfig, seriesColours } from './plot-style.js'
import { shortNames } from './short-names.js'
import { textEms } from './wrap-text.js'

const size = { width: 760, height: 520 }
const FONT = 10
const LONGEST = 14

/** A class with its place in pixels, and its name where there is room for it. */
interface Placed {
  readonly x: number
  readonly y: number
  readonly name: string
}

/** Mean codes of classes on a plane; names that would cover others are left out. */
export function classMapPlot({ places, explained }: ClassMap, title: string): TopLevelSpec {
  const names = shortNames(
    places.map(({ label }) => label),
    LONGEST,
  )
  const values = named(places.map(({ label, x, y }) => ({ x, y, name: names.get(label) ?? label })))
  const axis = (field: 'x' | 'y', at: 0 | 1) =>
    ({
      field,
      type: 'quantitative',
      title: `Component ${at + 1} (${(explained[at] * 100).toFixed(0)} % of the variance)`,
      scale: { domain: domainOf(places.map((place) => place[field])), nice: false, zero: false },
      axis: { labels: false, ticks: false, grid: false },
    }) as const
  const encoding = { x: axis('x', 0), y: axis('y', 1) }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...size,
    title: { text: title },
    config: plotConfig,
    data: { values },
    encoding,
    layer: [
      { mark: { type: 'point', filled: true, size: 28, color: seriesColours[0], opacity: 0.9 } },
      {
        transform: [{ filter: "datum.name !== ''" }],
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: FONT, color: '#333' },
        encoding: { text: { field: 'name', type: 'nominal' } },
      },
    ],
  }
}

/** A margin of a twentieth at each side, and one more on the right for names. */
function domainOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const margin = (high - low || 1) / 20
  return [low - margin, high + 3 * margin]
}

/** Names one after the other, as long as they cover no earlier name. */
function named(places: readonly Placed[]): Placed[] {
  const [left, right] = domainOf(places.map(({ x }) => x))
  const [low, high] = domainOf(places.map(({ y }) => y))
  const taken: { x: number; y: number; width: number }[] = []
  return places.map((place) => {
    const box = {
      x: ((place.x - left) / (right - left)) * size.width,
      y: ((place.y - low) / (high - low)) * size.height,
      width: textEms(place.name) * FONT * 0.8 + 10,
    }
    const covers = taken.some(({ x, y, width }) => Math.abs(y - box.y) < FONT + 1 && box.x < x + width && x < box.x + box.width)
    if (covers) return { ...place, name: '' }
    taken.push(box)
    return place
  })
}
