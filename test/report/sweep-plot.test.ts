import { compile } from 'vega-lite'
import { expect, test } from 'vitest'
import { sweepPlot } from '../../src/report/sweep-plot.js'
import { singlePoint, sweepPoint } from './sweep-points.js'

test('sweepPlot refuses a sweep without points', () => {
  expect(() => sweepPlot([])).toThrow('Expected a sweep to have at least one point, got none. Give at least one size.')
})

test('sweepPlot: two models, two sizes', () => {
  const points = ['a', 'b'].flatMap((model) => [5, 10].map((perClass) => sweepPoint({ model, perClass })))
  expect(sweepPlot(points, { title: 'Flowers', subtitle: '5 classes · 1,100 test images' })).toMatchSnapshot()
})

test('sweepPlot: one point of one repeat', () => {
  expect(sweepPlot([singlePoint()])).toMatchSnapshot()
})

test('sweepPlot draws an interval only where there is one, within 0…100 %', () => {
  const points = [sweepPoint({ low: -0.1, high: 1.2 }), sweepPoint({ perClass: 10, low: null, high: null })]
  expect(sweepPlot(points)).toMatchObject({ datasets: { intervals: [{ size: 5, low: 0, high: 1 }] } })
})

test.each([
  ['even steps', [5, 10, 15, 20, 25, 30], 'linear'],
  ['powers', [1, 2, 5, 10, 100], 'log'],
  ['one size', [7], 'linear'],
])('sweepPlot: ticks at the sizes, %s', (_, sizes, type) => {
  const spec = sweepPlot([...sizes].reverse().map((perClass) => sweepPoint({ perClass })))
  expect(spec).toMatchObject({ encoding: { x: { axis: { values: sizes }, scale: { type } } } })
})

test('sweepPlot does not read names as Vega expressions or field paths', () => {
  const spec = sweepPlot([sweepPoint({ model: "datum['x'].y" }), sweepPoint({ model: '{"signal":"1+1"}' })])
  const colour = compile(spec).spec.scales?.find(({ name }) => name === 'color')
  expect(colour).toMatchObject({ domain: ["datum['x'].y", '{"signal":"1+1"}'] })
})

test('sweepPlot leaves the points alone', () => {
  const points = Object.freeze([Object.freeze(sweepPoint())])
  expect(() => sweepPlot(points)).not.toThrow()
})
