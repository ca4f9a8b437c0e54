import { describe, expect, it } from 'vitest'
import { type CodeSources, openCodeSources } from '../../src/evaluate/code-sources.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { codedDataSet } from '../helpers/coded-data-set.js'

/** Bytes of the first window of some samples. */
async function windowBytes(source: ReturnType<CodeSources['train']>): Promise<number> {
  for await (const { buffer } of source.windows(0)) return buffer.byteLength
  return 0
}

describe('openCodeSources', () => {
  it('keeps the windows of train, validation and test part within the memory together, the weights beside them', async () => {
    const made = await codedDataSet({ counts: { ant: 60, bee: 60 }, shape: [50] })
    const data = openDataSet(made)
    const [memory, weights] = [20_000, 4_000]
    const sources = openCodeSources(data, { pool: 'none', memory, seed: 0, batch: 4 }, () => weights)
    const samples = Int32Array.from({ length: 120 }, (_, at) => at)
    const bytes = [
      await windowBytes(sources.train(samples)),
      await windowBytes(sources.held(samples)),
      await windowBytes(sources.held(samples)),
    ]
    const total = bytes.reduce((sum, part) => sum + part, weights)
    expect(total).toBeLessThanOrEqual(memory)
    expect(total).toBeGreaterThan(0.7 * memory)
    data.catalog.close()
  })
})
