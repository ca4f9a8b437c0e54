import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { plotFonts, renderPlot } from '../../src/report/render-plot.js'
import { sweepPlot } from '../../src/report/sweep-plot.js'
import { singlePoint, sweepPoint } from './sweep-points.js'

const sizes = [5, 10, 15, 20, 25, 30]
const sweep = ['efficientnet-lite0', 'squeezenet'].flatMap((model) => sizes.map((perClass) => sweepPoint({ model, perClass })))

/** Text of all text elements, unescaped. */
function texts(svg: string): string[] {
  const names = { lt: '<', gt: '>', amp: '&', quot: '"' } as const
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replace(/&(lt|gt|amp|quot);/g, (_, name: keyof typeof names) => names[name]),
  )
}

/** Pixels of a part of the picture that are darker than middle grey. */
async function darkPixels(png: Buffer, part?: { left: number; top: number; width: number; height: number }): Promise<number> {
  const picture = part ? sharp(png).extract(part) : sharp(png)
  const levels = await picture.greyscale().raw().toBuffer()
  return levels.filter((level) => level < 128).length
}

/** The darkest level in a frame of some pixels along the picture's edges. */
async function darkestAtEdges(png: Buffer, frame: number): Promise<number> {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true })
  const isInside = (at: number, end: number) => at >= frame && at < end - frame
  return data.reduce((least, level, at) => {
    const inside = isInside(at % info.width, info.width) && isInside(Math.floor(at / info.width), info.height)
    return inside ? least : Math.min(least, level)
  }, 255)
}

test('renderPlot draws hostile names as text', async () => {
  const script = `<script>alert("x")</script>`
  const points = [sweepPoint({ model: `${script} & 'a'` }), sweepPoint({ model: ']]><image href="file:///etc/passwd"/>' })]
  const { svg } = await renderPlot(sweepPlot(points, { title: script, subtitle: '</text></svg> & "b"' }))
  expect(svg).not.toMatch(/<script|<image|<\/svg>.*<\/svg>/s)
  expect(texts(svg)).toEqual(expect.arrayContaining([`${script} & 'a'`, ']]><image href="file:///etc/passwd"/>', script]))
  expect(() => new Resvg(svg)).not.toThrow()
})

test('renderPlot leaves out characters that XML forbids', async () => {
  const { svg } = await renderPlot(sweepPlot([sweepPoint({ model: 'a\u0000b\u001bc\ud800d\uffffe été' })]))
  expect(texts(svg)).toContain('abcde été')
  expect(() => new Resvg(svg)).not.toThrow()
})

test('renderPlot: the SVG has the ticks, the titles and the names', async () => {
  const { svg } = await renderPlot(sweepPlot(sweep, { title: 'Flowers', subtitle: '1,100 test images' }))
  const expected = [
    ...sizes.map(String),
    'Training images per class',
    'Test accuracy',
    '86%',
    'efficientnet-lite0',
    'squeezenet',
    'Flowers',
  ]
  expect(texts(svg)).toEqual(expect.arrayContaining(expected))
  expect(svg).toContain('1,100 test images')
})

test('renderPlot: the PNG is the SVG at twice its size, with its text', async () => {
  const { svg, png } = await renderPlot(sweepPlot(sweep))
  const { width, height } = new Resvg(svg, { font: plotFonts() })
  const found = await sharp(png).metadata()
  expect(found).toMatchObject({ format: 'png', width: width * 2, height: height * 2 })
  expect(await darkPixels(png, { left: 0, top: 0, width: 1000, height: 70 })).toBeGreaterThan(5000)
  expect(await darkPixels(png, { left: 0, top: height * 2 - 210, width: width * 2, height: 210 })).toBeGreaterThan(2500)
})

test('renderPlot clips no text, however wide', async () => {
  const wide = 'W'.repeat(200)
  const points = ['%W@', `${wide}1`, `${wide}2`].map((model) => sweepPoint({ model, perClass: 1_000_000 }))
  const { png } = await renderPlot(sweepPlot(points, { title: wide, subtitle: '\u0428'.repeat(500) }))
  expect(await darkestAtEdges(png, 16)).toBe(255)
})

test('renderPlot draws one point of one repeat', async () => {
  const { svg, png } = await renderPlot(sweepPlot([singlePoint()]))
  expect(texts(svg)).toEqual(expect.arrayContaining(['5', '90.0%', 'efficientnet-lite0']))
  expect(await darkPixels(png)).toBeGreaterThan(5000)
})

test('renderPlot alone loads Vega and resvg, and only when it is called', () => {
  const folder = fileURLToPath(new URL('../../src/report/', import.meta.url))
  const loading = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') && /^import (?!type ).*from '(vega|vega-lite|@resvg\/resvg-js)'/m.test(readFileSync(folder + file, 'utf8')),
  )
  expect(loading).toEqual([])
})
