import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { recipeOf } from '../../src/recipes/published/recipes.js'
import { writeRecipeReport } from '../../src/recipes/recipe-report.js'
import { runRecipe } from '../../src/recipes/run-recipe.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

test('a recipe runs from generated images to its report, and again from the cache', async () => {
  const folder = tempFolder()
  const without = new Set(['dots/000.jpg', 'dots/001.jpg', 'rings/000.jpg', 'rings/001.jpg', 'waves/000.jpg'])
  const options = {
    root: folder,
    cache: join(folder, 'cache'),
    out: join(folder, 'out'),
    model: 'efficientnet-lite0',
    quick: true,
    near: 0.9,
  }
  const recipe = recipeOf('caltech-codes')
  const result = await runRecipe(recipe, { ...options, without })
  expect(result.images).toMatchObject({ origin: 'generated', folder: join(folder, 'out/images-10-24-0') })
  const [first, second] = result.networks
  expect(first?.codes).toMatchObject({ images: 240, computed: 240, codeLength: 62_720 })
  expect(second?.steps.map((step) => step.status === 'not run' && step.why)).toEqual(
    Array.from({ length: 3 }, () => '--model efficientnet-lite0 takes the place of inceptionv3 alone'),
  )
  const [adadelta, rmsprop, sweep] = first?.steps ?? []
  if (adadelta?.status !== 'done' || rmsprop?.status !== 'done' || sweep?.status !== 'done') throw new Error('a step was not run')
  // 24 images of each class: 16 to train, of them 1 to choose, and 8 to test.
  const twins = new Set(first?.twins?.map((twin) => twin.test))
  const rows = adadelta.rows.map(({ what, images }) => [what, images])
  const listed = rows[2]?.[1]
  expect(rows).toEqual([
    ['all test images', 80],
    ['without near-duplicates of train images (cosine from 0.9)', 80 - twins.size],
    ['without the listed images', listed],
    ['without both', expect.any(Number)],
  ])
  expect(listed).toBeLessThan(80) // the seed puts some of the listed ones into the test part
  expect(adadelta.rows[0]?.accuracy).toBeGreaterThan(0.5)
  expect(adadelta.published).toEqual({ text: '90.79 % in 129 s', accuracy: 0.9079 })
  expect(sweep.rows.map(({ what, images }) => [what, images])).toEqual([
    ['5 images per class', 80],
    ['10 images per class', 80],
  ])
  for (const file of [...adadelta.files, ...sweep.files]) expect(existsSync(file)).toBe(true)

  const written = await writeRecipeReport(result)
  expect(written.map((file) => basename(file))).toEqual(['report.md', 'report.json', 'confusion.svg', 'confusion.png'])
  const [text = '', json = ''] = written.map((file) => readFileSync(file, 'utf8'))
  expect(text).toContain('**Generated images stand in for Caltech-101 without its background class')
  expect(text).toMatch(/\| efficientnet-lite0 \| softmax by Adadelta \| 90\.79 % in 129 s \| \d+\.\d\d % \| all test images \| 80 \|/)
  expect(JSON.parse(json)).toMatchObject({ recipe: { name: 'caltech-codes' }, near: 0.9, quick: true })

  const [network] = recipe.networks
  const again = await runRecipe({ ...recipe, networks: network ? [{ ...network, steps: network.steps.slice(0, 1) }] : [] }, options)
  expect(again.networks[0]?.codes).toMatchObject({ images: 240, computed: 0 })
  expect(again.networks[0]?.steps[0]).toMatchObject({ status: 'done', rows: adadelta.rows.slice(0, 2) })
}, 120_000)

test('a recipe takes the first classes in sorted order, and without fine-tuning says so', async () => {
  const folder = tempFolder()
  const recipe = recipeOf('guitars-inception')
  const two = { ...recipe, data: { ...recipe.data, firstClasses: 2 } }
  const options = { root: folder, cache: join(folder, 'cache'), out: join(folder, 'out'), model: 'efficientnet-lite0', quick: true }
  const { images, networks } = await runRecipe(two, options)
  expect(images.classes).toEqual(['bricks', 'checks'])
  expect(networks[0]?.codes).toMatchObject({ images: 48 })
  expect(networks[0]?.steps.map((step) => (step.status === 'done' ? step.rows[0]?.what : step.why))).toEqual([
    'all test images',
    'layers of the network itself cannot be trained yet',
  ])
}, 60_000)

test.each([0, -1, 1.1])('runRecipe refuses a cosine of %s', async (near) => {
  const { message, exitCode } = await userErrorOf(() => runRecipe(recipeOf('caltech-codes'), { near, cache: tempFolder() }))
  expect([message, exitCode]).toEqual([`Expected --near to be a cosine above 0, at most 1, got ${near}.`, 2])
})
