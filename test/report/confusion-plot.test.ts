import { expect, test } from 'vitest'
import { confusionPlot } from '../../src/report/confusion-plot.js'
import { renderPlot } from '../../src/report/render-plot.js'
import { userErrorOf } from '../helpers/thrown.js'

const matrix = (title: string, counts: readonly (readonly number[])[]) => ({ title, classes: ['bee', 'ant'], counts })

/** Texts of an SVG in their order. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)

test('confusionPlot draws matrices side by side, a number in each cell that is not empty', async () => {
  const spec = confusionPlot([
    matrix('frozen', [
      [7, 3],
      [0, 9],
    ]),
    matrix('tuned', [
      [10, 0],
      [0, 8],
    ]),
  ])
  const { svg } = await renderPlot(spec)
  const texts = textsOf(svg)
  expect(texts.filter((text) => /^\d+$/.test(text ?? ''))).toEqual(['7', '3', '9', '10', '8'])
  expect(texts).toEqual(expect.arrayContaining(['frozen', 'tuned', 'bee', 'ant', 'Predicted', 'Class']))
})

test('confusionPlot colours a cell by the share of its own class', () => {
  const spec = JSON.stringify(
    confusionPlot([
      matrix('', [
        [1, 3],
        [0, 0],
      ]),
    ]),
  )
  expect(spec).toContain('{"actual":"bee","predicted":"ant","count":3,"share":0.75}')
  expect(spec).toContain('{"actual":"ant","predicted":"ant","count":0,"share":0}')
})

test('confusionPlot needs a matrix', async () => {
  const { message } = await userErrorOf(() => confusionPlot([]))
  expect(message).toBe('Expected at least one confusion matrix, got none.')
})

test('confusionPlot of many classes draws only the cells that hold images, and names every class', async () => {
  const classes = Array.from({ length: 40 }, (_, at) => `class ${at}`)
  const counts = classes.map((_, row) => classes.map((_, column) => (row === column && row > 0 ? 5 : row === 0 && column === 3 ? 2 : 0)))
  const { svg } = await renderPlot(confusionPlot([{ title: 'many', classes, counts }]))
  const cells = [...svg.matchAll(/<path aria-label="Predicted: ([^;]*); Class: ([^;]*);/g)].map(
    ([, predicted, actual]) => `${actual} → ${predicted}`,
  )
  expect(cells).toHaveLength(40)
  expect(cells[0]).toBe('class 0 → class 3')
  for (const name of classes) expect(textsOf(svg).filter((text) => text === name)).toHaveLength(2)
})
