import { expect, it } from 'vitest'
import { openDataSet } from '../../../src/evaluate/data-set.js'
import { placesOf } from '../../../src/evaluate/doubt/places.js'
import { openFeatures } from '../../../src/evaluate/features.js'
import { codedDataSet } from '../../helpers/coded-data-set.js'
import { cosine } from '../../helpers/cosine.js'
import { codesByPath } from '../../helpers/stored-codes.js'

it.each([
  ['weight space', [6]],
  ['gram space', [300]],
])('places images as plain sums over all others do, in %s', async (_, shape) => {
  const made = await codedDataSet({ counts: { ant: 14, bee: 9, cat: 1 }, shape, signal: 1 })
  const data = openDataSet(made)
  const codes = codesByPath(made.cache, made.fingerprint.digest, data.root)
  const classes = ['ant', 'bee', 'cat']
  const labels = Int32Array.from(data.images, ({ label }) => classes.indexOf(label))
  const places = await placesOf(await openFeatures(data, { pool: 'none' }), { labels, classes: 3, neighbours: 4 })
  data.catalog.close()
  expect(places).toHaveLength(24)
  for (const [at, place] of places.entries()) {
    const others = data.images.flatMap(({ path, label }, other) => {
      const similarity = cosine(codes.get(data.images[at]?.path ?? '') ?? new Float32Array(), codes.get(path) ?? new Float32Array())
      return other === at ? [] : [{ label, similarity }]
    })
    const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
    const nearest = others.map(({ similarity }) => similarity).sort((a, b) => b - a)
    const means = classes.map((name) => mean(others.filter(({ label }) => label === name).map(({ similarity }) => similarity)))
    const own = labels[at] ?? 0
    const best = Math.max(...means.filter((value, label) => label !== own && !Number.isNaN(value)))
    expect(place.neighbours).toBeCloseTo(mean(nearest.slice(0, 4)), 5)
    if (own === 2) expect(place.own).toBeUndefined()
    else expect(place.own).toBeCloseTo(means[own] ?? 0, 5)
    expect([place.nearest, place.other]).toEqual([means.indexOf(best), expect.closeTo(best, 5)])
  }
})
