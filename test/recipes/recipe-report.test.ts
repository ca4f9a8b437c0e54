import { expect, test } from 'vitest'
import { recipeOf } from '../../src/recipes/published/recipes.js'
import { recipeReport } from '../../src/recipes/recipe-report.js'
import type { RecipeResult } from '../../src/recipes/run-recipe.js'
import type { MeasuredRow } from '../../src/recipes/step-result.js'

const row = (what: string, accuracy: number, images: number): MeasuredRow => ({ what, accuracy, images, low: null, high: null })

const recipe = { ...recipeOf('caltech-codes'), title: 'A recipe' }

const result: RecipeResult = {
  recipe,
  images: { folder: '/photos|<b>', origin: 'found', classes: undefined, excludeClasses: undefined, counts: { images: 1200, classes: 7 } },
  networks: [
    {
      model: 'net*.onnx',
      codes: { images: 150, computed: 30, seconds: 1.5, codeLength: 64 },
      steps: [
        {
          ...{ title: 'softmax', model: 'net*.onnx', published: { text: '90 %', accuracy: 0.9 }, status: 'done' },
          rows: [row('all test images', 0.9123, 100), row('without near-duplicates', 0.9, 98), row('without both', 0, 0)],
          ...{ seconds: 1.25, deviations: ['On plain images.'], files: ['/out/a.svg'], figures: {} },
        },
        {
          ...{ title: 'sweep', model: 'net*.onnx', published: null, status: 'done' },
          rows: [{ ...row('5 images per class', 0.5, 100), low: 0.4, high: 1.2 }],
          ...{ seconds: 2, deviations: ['On plain images.'], files: [], figures: {} },
        },
        { title: 'tail', model: 'net*.onnx', published: null, status: 'not run', why: 'it cannot be' },
      ],
      twins: [{ test: 'a/1.jpg', train: 'a/[2].jpg', similarity: 0.98765 }],
      deviations: ['Another network.'],
    },
  ],
  deviations: ['Another split.'],
  ...{ near: 0.95, quick: false, seed: 3, seconds: 12.3, out: '/out' },
}

test('recipeReport sets published figures beside measured ones, and what a file is called is no markup', () => {
  expect(recipeReport(result)).toBe(`# caltech-codes

A recipe.

Images: /photos\\|\\<b\\>, 1,200 images of 7 classes; seed 3; 12 s in all.

| network | step | published | measured | on | images | seconds |
| --- | --- | --- | --- | --- | --- | --- |
| net\\*.onnx | softmax | 90 % | 91.23 % | all test images | 100 | 1.3 |
|  |  |  | 90.00 % | without near-duplicates | 98 |  |
|  |  |  | – | without both | 0 |  |
| net\\*.onnx | sweep |  | 50.00 % (40.00 – 100.00) | 5 images per class | 100 | 2.0 |
| net\\*.onnx | tail |  | not run |  |  |  |

Codes of net\\*.onnx, 64 numbers each: 30 of 150 images computed in 1.5 s, the others from the cache.

## Near-duplicates across the split

1 test images are near-duplicates of an image that was trained or chosen on: the cosine of their mean-pooled codes by net\\*.onnx is 0.95 or more.

| cosine | test image | train image |
| --- | --- | --- |
| 0.9877 | a/1.jpg | a/\\[2\\].jpg |

## What deviates from the original

- Another split.
- Another network.
- On plain images.

## Not run

- net\\*.onnx, tail: it cannot be.

## Files

- a.svg
`)
})

test('recipeReport says first that images were generated and a run was quick', () => {
  const text = recipeReport({ ...result, images: { ...result.images, origin: 'generated' }, quick: true, networks: [] })
  expect(text.split('\n\n').slice(2, 4)).toEqual([
    '**Generated images stand in for Caltech-101 without its background class: nothing here can be compared with the published figures.**',
    '**A quick run, with few epochs and sizes: its figures are no measure of the experiment.**',
  ])
})
