import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cachePaths } from '../../src/cache/paths.js'
import { compareModels } from '../../src/recipes/compare-models.js'
import { imageFolder } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())

describe('compareModels', () => {
  it('holds each precision against the first one of the same model and layer', async () => {
    const [data, cache] = [await imageFolder({ dark: 12, bright: 12 }), tempFolder()]
    const stages: string[] = []
    const result = await compareModels({
      ...{ data, cache, models: [model], layers: ['conv', 'y'], precisions: ['float32', 'int8'], workers: 1 },
      ...{ split: '0.5', onStage: (stage: string) => stages.push(stage) },
    })
    expect(result).toMatchObject({ images: 24, classes: 2, test: 12, pool: 'avg', seed: 0 })
    expect(result.compared.map(({ layer, precision, cosine }) => [layer, precision, cosine?.images])).toEqual([
      ['conv', 'float32', undefined],
      ['conv', 'int8', 24],
      ['y', 'float32', undefined],
      ['y', 'int8', 24],
    ])
    for (const { cosine, accuracy, accuracyChange, precision, ...figures } of result.compared) {
      expect(figures).toMatchObject({ codeLength: 144, diskBytes: 24 * 144 * 2 })
      expect(figures.imagesPerSecond).toBeGreaterThan(0)
      expect(figures.forwardMilliseconds).toBeGreaterThanOrEqual(0)
      expect(accuracy).toBeLessThanOrEqual(1)
      expect(accuracyChange === null).toBe(precision === 'float32')
      if (precision === 'int8') expect(cosine?.least).toBeGreaterThan(0.99)
    }
    const [float, rounded] = result.compared
    expect(rounded?.accuracyChange).toBe((rounded?.accuracy ?? 0) - (float?.accuracy ?? 0))
    expect(stages[0]).toBe('speed')
    expect(stages).toHaveLength(5)
    expect(existsSync(cachePaths(cache).heads)).toBe(false)
  })

  it('holds each resize rule against the first one', async () => {
    const [data, cache] = [await imageFolder({ dark: 8, bright: 8 }), tempFolder()]
    const { compared } = await compareModels({
      data,
      cache,
      models: [model],
      resizes: ['squish', 'keras-nearest'],
      workers: 1,
      split: '0.5',
    })
    expect(compared.map(({ resize, cosine }) => [resize, cosine?.images])).toEqual([
      ['squish', undefined],
      ['keras-nearest', 16],
    ])
    expect(compared[1]?.cosine?.mean).toBeLessThan(1)
  })

  it('says what is wrong with the images as codes does', async () => {
    const data = tempFolder()
    const error = await userErrorOf(() => compareModels({ data, cache: tempFolder(), models: [model] }))
    expect(error.message).toContain(data)
  })
})
