import { expect, test } from 'vitest'
import type { DataSet } from '../../src/evaluate/data-set.js'
import { fineTune } from '../../src/finetune/fine-tune.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

test('fineTune divides the images as it is told', async () => {
  const divide = (data: DataSet): DataSet => ({
    ...data,
    images: data.images.map((image) => ({ ...image, part: image.path.endsWith('/0.png') ? 'test' : 'train' })),
  })
  const data = await twoClasses(6)
  const usual = { data, cache: tempFolder(), model: modelFile(threeConvolutions()), last: 2, epochs: 2, batch: 4 }
  const { train, validation, test } = await fineTune({ ...usual, divide })
  expect([train, validation, test]).toEqual([8, 2, 2])
  expect((await fineTune(usual)).test).toBe(4)
})
