import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Recipe } from '../../src/recipes/published/recipe.js'
import { recipeOf } from '../../src/recipes/published/recipes.js'
import { writeRecipeReport } from '../../src/recipes/recipe-report.js'
import { runRecipe } from '../../src/recipes/run-recipe.js'
import type { RunRecipeOptions } from '../../src/recipes/run-recipe-options.js'
import { noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { modelFile } from '../helpers/tiny-graph.js'
import { threeConvolutions, twoClasses } from '../helpers/tunable.js'

test('a recipe runs from generated images to its report, and again from the cache', async () => {
  const folder = tempFolder()
  const without = new Set(['dots/000.jpg', 'dots/001.jpg', 'rings/000.jpg', 'rings/001.jpg', 'bricks/000.jpg'])
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
  expect(result.images).toMatchObject({ origin: 'generated', folder: join(folder, 'out/images-5-24-0') })
  const [first, second] = result.networks
  expect(first?.codes).toMatchObject({ images: 120, computed: 120, codeLength: 62_720 })
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
    ['all test images', 40],
    ['without near-duplicates of train images (cosine from 0.9)', 40 - twins.size],
    ['without the listed images', listed],
    ['without both', expect.any(Number)],
  ])
  expect(listed).toBeLessThan(40) // the seed puts some of the listed ones into the test part
  expect(adadelta.rows[0]?.accuracy).toBeGreaterThan(0.3) // 0.2 by chance
  expect(adadelta.published).toEqual({ text: '90.79 % in 129 s', accuracy: 0.9079 })
  expect(sweep.rows.map(({ what, images }) => [what, images])).toEqual([
    ['5 images per class', 40],
    ['10 images per class', 40],
  ])
  for (const file of [...adadelta.files, ...sweep.files]) expect(existsSync(file)).toBe(true)

  const written = await writeRecipeReport(result)
  expect(written.map((file) => basename(file))).toEqual(['report.md', 'report.json', 'confusion.svg', 'confusion.png'])
  const [text = '', json = ''] = written.map((file) => readFileSync(file, 'utf8'))
  expect(text).toContain('**Generated images stand in for Caltech-101 without its background class')
  expect(text).toMatch(/\| efficientnet-lite0 \| softmax by Adadelta \| 90\.79 % in 129 s \| \d+\.\d\d % \| all test images \| 40 \|/)
  expect(JSON.parse(json)).toMatchObject({ recipe: { name: 'caltech-codes' }, near: 0.9, quick: true })

  const [network] = recipe.networks
  const again = await runRecipe({ ...recipe, networks: network ? [{ ...network, steps: network.steps.slice(0, 1) }] : [] }, options)
  expect(again.networks[0]?.codes).toMatchObject({ images: 120, computed: 0 })
  expect(again.networks[0]?.steps[0]).toMatchObject({ status: 'done', rows: adadelta.rows.slice(0, 2) })
}, 120_000)

/** A recipe on images of two classes with a small network in the place of its first. */
async function small(recipe: Recipe, data: string, options: RunRecipeOptions = {}) {
  const folder = tempFolder()
  const graph = threeConvolutions()
  const nodes = graph.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'LeakyRelu' } : node)) // pixels as they are leave no Relu alive
  const model = modelFile({ ...graph, nodes })
  return runRecipe(recipe, { data, cache: join(folder, 'cache'), out: join(folder, 'out'), model, quick: true, ...options })
}

test('a recipe trains layers of the network that takes the place of its own', async () => {
  const result = await small(recipeOf('guitars-inception'), await twoClasses(20))
  const [head, tuned] = result.networks[0]?.steps ?? []
  if (head?.status !== 'done' || tuned?.status !== 'done') throw new Error('a step was not run')
  expect(head.rows.map(({ what, images }) => [what, images])).toEqual([['all test images', 12]])
  expect(tuned.rows.map(({ what, images }) => [what, images])).toEqual([
    ['all test images', 12],
    ['validation images, by which the epoch was chosen', 2],
  ])
  expect(tuned.figures).toMatchObject({ epochs: 2, solver: 'momentum', head: 'dense', tail: { from: 'middle', lr: 1e-4 } })
  expect(tuned.figures.frozen).toMatchObject({ solver: 'rmsprop', epochs: 2, accuracy: head.figures.accuracy })
  expect(tuned.deviations[0]).toBe('"the 178 layers behind mixed4 too, by SGD": of net.onnx these are the last 3 layers, from middle on.')
  expect(tuned.files.map((file) => basename(file))).toEqual(['guitars-inception-net-2.svg', 'guitars-inception-net-2.png'])
  await writeRecipeReport(result)
  const text = readFileSync(join(result.out, 'report.md'), 'utf8')
  expect(text).toContain('![What each classifier said of the test images of each class](confusion.svg)')
  for (const { confusion } of [head, tuned]) expect(confusion?.counts.flat().reduce((sum, count) => sum + count)).toBe(12)
}, 60_000)

test('every training of a recipe draws from the same views, and what a training needs of another network is said before', async () => {
  const recipe = recipeOf('food-vgg16')
  const networks = recipe.networks.map((network, at) => (at === 0 ? network : { ...network, model: 'cnn0' }))
  const result = await small({ ...recipe, networks, data: { ...recipe.data, firstClasses: 2 } }, await twoClasses(12), { seed: 3 })
  const [first, scratch] = result.networks
  expect(first?.steps.map((step) => step.status === 'done' && step.figures)).toEqual(
    Array.from({ length: 2 }, () =>
      expect.objectContaining({
        head: 'avgpool,dense:64:relu,dropout:0.2,softmax',
        settings: expect.objectContaining({ views: 2, augment: 'flip,vflip,shift:0.5,rotate:90,brightness:0.1-0.7', augmentSeed: 3 }),
      }),
    ),
  )
  expect(result.deviations.slice(-2)).toEqual([
    'A quick run: the head avgpool,dense:64:relu,dropout:0.2,softmax instead of food.',
    'A quick run: 2 views instead of 8.',
  ])
  expect(scratch).toMatchObject({ codes: undefined, steps: [{ status: 'not run', why: 'there is no network cnn0 yet' }], deviations: [] })
}, 60_000)

test('every step tests on the images that the rule of the recipe names', async () => {
  const data = tempFolder()
  // The first two of each class by name look like the other one: who trains on the rest is wrong about them.
  const [dark, light] = [
    { from: 0, to: 60 },
    { from: 200, to: 255 },
  ]
  for (let at = 10; at < 22; at++) {
    put(data, `dark/${at}.png`, await noisePng(at, at < 12 ? light : dark))
    put(data, `light/${at}.png`, await noisePng(100 + at, at < 12 ? dark : light))
  }
  const recipe = recipeOf('flowers-resnet18')
  const training = { head: 'avgpool,bn:0.5,softmax', solver: 'adam', lr: 0.05, batch: 8, epochs: 10 } as const
  const facts = { published: undefined, options: { ...training, tailLr: 1e-6 } }
  const steps = [
    { kind: 'head', title: 'head', ...facts },
    { kind: 'fine-tune', title: 'tail', tail: { last: 2 }, ...facts },
  ] as const
  const networks = recipe.networks.map((network) => ({ ...network, steps }))
  const result = await small({ ...recipe, networks, split: { by: 'first', test: 2, validation: '0.2' } }, data, { quick: false })
  for (const step of result.networks[0]?.steps ?? []) {
    expect(step.status === 'done' && step.rows[0]).toMatchObject({ images: 4, accuracy: 0 })
    expect(step.status === 'done' && step.figures.accuracy).toMatchObject({ train: 1 })
  }
}, 60_000)

test.each([0, -1, 1.1])('runRecipe refuses a cosine of %s', async (near) => {
  const { message, exitCode } = await userErrorOf(() => runRecipe(recipeOf('caltech-codes'), { near, cache: tempFolder() }))
  expect([message, exitCode]).toEqual([`Expected --near to be a cosine above 0, at most 1, got ${near}.`, 2])
})
