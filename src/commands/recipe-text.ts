import type { WeightsState } from '../backbones/weights-state.js'
import { oneLine } from '../base/one-line.js'
import type { ListedRecipe } from '../recipes/list-recipes.js'
import { countsText, deviationsOf, measured } from '../recipes/recipe-report.js'
import type { RecipeResult } from '../recipes/run-recipe.js'
import type { StepResult } from '../recipes/step-result.js'
import { textTable } from '../report/text-table.js'
import { duration } from './format.js'

/** The recipes, what each needs, and what of that is here. */
export function recipeListText(list: readonly ListedRecipe[]): string {
  const rows = list.flatMap(({ name, images, dataset, folder, networks }) =>
    networks.map(({ model, weights }, at) => [
      ...(at === 0 ? [name, images, folder ?? (dataset === null ? 'by --data' : `not here: get-dataset ${dataset}`)] : ['', '', '']),
      model,
      weightsText(weights),
    ]),
  )
  const columns = ['recipe', 'images', 'are in', 'network', 'weights'].map((title) => ({ title }))
  return `${textTable(columns, rows)}\nRun one: cnn-codes recipe NAME; without images generated ones stand in, without weights --model efficientnet-lite0 or --weights random.`
}

function weightsText(weights: WeightsState): string {
  switch (weights.state) {
    case 'embedded':
      return 'none needed'
    case 'found':
      return 'here'
    case 'missing':
      return `not here: ${weights.source.file}`
    case 'random':
      return 'none: trained from scratch'
    case 'own':
      return 'by --weights FILE'
  }
}

/** The published figures beside the measured ones. */
export function recipeText({ recipe, images, networks, deviations, near, quick, seconds }: RecipeResult, files: readonly string[]): string {
  const steps = networks.flatMap((network) => network.steps)
  const columns = [
    { title: 'network' },
    { title: 'step' },
    { title: 'published' },
    { title: 'measured %', align: 'right' },
    { title: 'on' },
  ] as const
  const twins = networks.flatMap(({ model, twins }) =>
    twins === null
      ? []
      : [`${twins.length} test images have a near-duplicate in the train part (cosine of pooled codes of ${oneLine(model)} from ${near}).`],
  )
  const others = [...networks.flatMap((network) => [...network.deviations, ...network.steps.flatMap(deviationsOf)]), ...deviations]
  return [
    recipe.title,
    `On ${oneLine(images.folder)}, ${countsText(images)}${quick ? '; a quick run, which is no measure of the experiment' : ''}`,
    '',
    textTable(columns, steps.flatMap(rowsOf)),
    '',
    ...twins,
    ...new Set(others.map((text) => `Deviates: ${oneLine(text)}`)),
    `In ${duration(seconds)}. Report: ${files[0]}`,
  ].join('\n')
}

function rowsOf(step: StepResult): string[][] {
  const facts = [step.model, step.title, step.published?.text ?? '']
  if (step.status === 'not run') return [[...facts, '', `not run: ${step.why}`]]
  return step.rows.map((row, at) => [
    ...(at === 0 ? facts : ['', '', '']),
    measured(row).replace(' %', ''),
    `${row.what}, ${row.images} images`,
  ])
}
