import { compile } from 'vega-lite'
import { expect, test } from 'vitest'
import { sweepPlot } from '../../src/report/sweep-plot.js'
import { learningCurve, targetSize } from './learning-curves.js'
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

test.each([
  ['images per class', {}, 'Training images per class'],
  ['some classes short', { shortClasses: 2 }, 'Training images per class, mean over the classes'],
  ['totals', { total: 50 }, 'Training images'],
])('sweepPlot: the axis says what it counts, %s', (_, change, title) => {
  expect(sweepPlot([sweepPoint(change)])).toMatchObject({ encoding: { x: { title } } })
})

test('sweepPlot puts a point where its classes are on average', () => {
  const spec = sweepPlot([sweepPoint(), sweepPoint({ perClass: 30, meanPerClass: 24.6, shortClasses: 3 })])
  expect(spec).toMatchObject({ datasets: { points: [{ size: 5 }, { size: 24.6 }] }, encoding: { x: { axis: { values: [5, 24.6] } } } })
})

const points = ['a', 'b'].flatMap((model) => [5, 30].map((perClass) => sweepPoint({ model, perClass })))
const marksOf = (spec: ReturnType<typeof sweepPlot>) =>
  'layer' in spec ? spec.layer.flatMap((layer) => ('mark' in layer ? [layer.mark] : [])) : []

test('sweepPlot draws fitted curves in place of lines, and of bands', () => {
  const spec = sweepPlot(points, { curves: ['a', 'b'].map((model) => learningCurve({ model })) })
  expect(spec).toMatchObject({
    title: { subtitle: ['Points: mean · bars: 95 % interval · dots: single repeats', 'Line: fitted power law, dashed where extrapolated'] },
    datasets: { extrapolated: [], goal: [], targets: [] },
  })
  expect(marksOf(spec)).not.toContainEqual(expect.objectContaining({ type: 'area' }))
  expect(marksOf(spec).filter((mark) => typeof mark === 'object' && mark.type === 'line')).toHaveLength(2)
})

test('sweepPlot goes on to a target, dashed, and marks it with its interval', () => {
  const spec = sweepPlot(points.slice(0, 2), { curves: [learningCurve({ model: 'a', target: targetSize({ high: null }) })] })
  const [first, ...others] = 'datasets' in spec && Array.isArray(spec.datasets?.extrapolated) ? spec.datasets.extrapolated : []
  expect([first, others.at(-1)]).toMatchObject([{ size: 30, piece: 'above' }, { size: 36 }])
  expect(spec).toMatchObject({
    datasets: { goal: [{ accuracy: 0.95, label: '95 %' }], targets: [{ series: 'a', size: 36, from: 31, to: 36 }] },
    encoding: { x: { axis: { values: [5, 30, 36] } } },
  })
})

test('sweepPlot draws no interval of several targets, and none that is far or never', () => {
  const near = ['a', 'b'].map((model) => learningCurve({ model, target: targetSize() }))
  expect(sweepPlot(points, { curves: near })).toMatchObject({
    datasets: {
      targets: [
        { from: 36, to: 36 },
        { from: 36, to: 36 },
      ],
    },
  })
  const others = [targetSize({ perClass: 151, reach: 'far' }), targetSize({ perClass: null, low: null, high: null, reach: 'never' })]
  for (const target of others)
    expect(sweepPlot(points, { curves: [learningCurve({ model: 'a', target })] })).toMatchObject({
      datasets: { targets: [], extrapolated: [] },
      encoding: { x: { axis: { values: [5, 30] } } },
    })
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
