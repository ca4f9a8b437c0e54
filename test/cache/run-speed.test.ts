import { cpus } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import type { Json } from '../../src/cache/fingerprint.js'
import { runSpeed } from '../../src/cache/run-speed.js'
import { codedDataSet } from '../helpers/coded-data-set.js'

const here = { engine: 'onnx', provider: 'cpu', cpu: cpus()[0]?.model ?? '' }
const day = Date.UTC(2026, 4, 3)

/** What is known after runs of one kind of codes with these details, one a day; `other` is of another kind. */
async function speedAfter(runs: readonly Json[], other: readonly Json[] = []) {
  const { data, cache, fingerprint } = await codedDataSet({ counts: { ant: 2, bee: 2 }, shape: [3] })
  const second = await codedDataSet({ counts: { ant: 2, bee: 2 }, shape: [3], layer: 'z', into: { data, cache } })
  const catalog = openCatalog(cache)
  const [dataset] = catalog.files.datasets()
  if (!dataset) throw new Error('Expected a data set')
  const id = catalog.files.findDataset(dataset.root) ?? 0
  const add = (of: number) => (details: Json, at: number) => {
    const finished = day + at * 86_400_000
    catalog.runs.add({ dataset: id, fingerprint: of, model: 'net.onnx', started: finished, finished, details })
  }
  runs.forEach(add(fingerprint.id))
  other.forEach(add(second.fingerprint.id))
  const found = runSpeed(catalog, { id: fingerprint.id, root: dataset.root })
  const elsewhere = runSpeed(catalog, { id: fingerprint.id, root: '/elsewhere' })
  catalog.close()
  expect(elsewhere).toBeUndefined()
  return found
}

describe('runSpeed', () => {
  it('is that of the last run that made enough codes', async () => {
    const runs = [
      { ...here, computed: 100, imagesPerSecond: 20, seconds: 5 },
      { ...here, computed: 400, imagesPerSecond: 40, seconds: 10 },
      { ...here, computed: 0, imagesPerSecond: 0, seconds: 0.1 },
      { ...here, computed: 99, imagesPerSecond: 99, seconds: 1 },
    ]
    expect(await speedAfter(runs)).toEqual({
      imagesPerSecond: 40,
      speedFrom: 'run',
      speedNote: 'a run of codes on 2026-05-04: 400 images, onnx, cpu',
    })
  })

  it.each([
    ['of another CPU', { ...here, cpu: 'Z80', computed: 400, imagesPerSecond: 40, seconds: 10 }],
    ['that kept no figures', {}],
    ['that kept other things', { ...here, computed: 'many', imagesPerSecond: [], seconds: 1 }],
  ])('is not known from a run %s', async (_what, details) => {
    expect(await speedAfter([details])).toBeUndefined()
  })

  it('is not known from a run that made several kinds', async () => {
    const run = { ...here, computed: 400, imagesPerSecond: 40, seconds: 10 }
    expect(await speedAfter([run], [run])).toBeUndefined()
    expect(await speedAfter([run], [{ ...run, seconds: 11 }])).toMatchObject({ imagesPerSecond: 40 })
  })
})
