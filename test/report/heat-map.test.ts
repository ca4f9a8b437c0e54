import { expect, it } from 'vitest'
import { heatMap } from '../../src/report/run/heat-map.js'

const counts = [
  [3, 0, 1],
  [0, 2, 0],
  [0, 0, 0],
]
const cellsOf = (svg: string) =>
  [...svg.matchAll(/<rect x="(\d+)" y="(\d+)"[^>]*fill-opacity="([\d.]+)"><title>([^<]*)</g)].map(([, ...found]) => found)

it('draws the cells that hold images, in the given order, as strong as their share of the row', () => {
  const svg = heatMap({ name: 'x', classes: ['a', '<b>', 'c'], counts, order: [2, 0, 1], width: 30 }).toString()
  expect(cellsOf(svg)).toEqual([
    ['0', '10', '0.47', 'a → c: 1 of 4 (25 %)'],
    ['10', '10', '0.82', 'a → a: 3 of 4 (75 %)'],
    ['20', '20', '1.00', '&lt;b&gt; → &lt;b&gt;: 2 of 2 (100 %)'],
  ])
  expect([...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual(['c', 'c', 'a', 'a', '&lt;b&gt;', '&lt;b&gt;'])
})

it('leaves names out where cells are too small for them, and grows with the images, not with the classes', () => {
  const size = 400
  const classes = Array.from({ length: size }, (_, at) => `class ${at}`)
  const diagonal = classes.map((_, row) => classes.map((_, column) => (row === column ? 1 : 0)))
  const svg = heatMap({ name: 'x', classes, counts: diagonal, order: [...classes.keys()], width: 900 }).toString()
  expect(svg).not.toContain('<text')
  expect(cellsOf(svg)).toHaveLength(size)
  expect(svg.length).toBeLessThan(60_000)
})
