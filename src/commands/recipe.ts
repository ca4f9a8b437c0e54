import { usageError } from '../base/errors.js'
import { quoted } from '../base/quoted.js'
import type { ExtractProgress } from '../extract/options.js'
import type { EpochEntry } from '../heads/network/train-network.js'
import { listRecipes } from '../recipes/list-recipes.js'
import { recipeOf, recipes } from '../recipes/published/recipes.js'
import type { RecipeResult } from '../recipes/run-recipe.js'
import { thisMachine } from '../weights/weight-folders.js'
import { command } from './command.js'
import { downloadDisplay } from './download-display.js'
import { byteSize, listFile, positiveNumber, wholeNumber } from './option-values.js'
import { dataOptions, engineOptions } from './options.js'
import { recipeListText, recipeText } from './recipe-text.js'
import { noProgress, type Terminal } from './terminal.js'

const names = recipes.map(({ name }) => name).join(', ')

export const recipeCommand = command({
  name: 'recipe [name]',
  describe: 'Repeat a published experiment, and set its figures beside the published ones',
  positionals: { name: { type: 'string', default: 'list', describe: `list, or one of ${names}` } },
  options: {
    data: { type: 'string', describe: "Folder of images [default: the recipe's data set in data/, else generated images]" },
    cache: dataOptions.cache,
    model: { type: 'string', describe: "A backbone in the place of the recipe's first: efficientnet-lite0 needs no download" },
    weights: { type: 'string', describe: 'Weight file of the first network; random: to try the steps without weights' },
    without: { type: 'string', coerce: listFile('without'), describe: 'File of paths or sha256: the accuracy without these images too' },
    near: { type: 'string', coerce: positiveNumber('near'), describe: 'Cosine from which on two images are one picture [default: 0.95]' },
    out: { type: 'string', describe: 'Folder for report.md, report.json and plots [default: CACHE/recipes/NAME]' },
    quick: { type: 'boolean', default: false, describe: 'Few epochs, sizes and generated images: whether the steps run' },
    seed: { type: 'string', coerce: wholeNumber('seed'), describe: "Seed of everything random [default: the recipe's, mostly 0]" },
    memory: { type: 'string', coerce: byteSize('memory'), describe: 'Memory for codes and training, such as 2GB' },
    ...engineOptions,
    json: dataOptions.json,
    quiet: dataOptions.quiet,
  },
  examples: [
    ['recipe', 'the recipes, and which data and weights are here'],
    ['recipe caltech-codes --model efficientnet-lite0', 'without the weights of InceptionV3 and VGG19'],
    ['recipe caltech-codes --without in-imagenet.txt', 'and the accuracy without the listed images'],
    ['recipe flowers-resnet18 --quick --weights random', 'whether the steps run, in seconds'],
  ],
  async run({ name = 'list', ...args }, terminal) {
    if (name !== 'list') return runOne(name, args, terminal)
    if (args.data !== undefined) throw usageError('--data', 'given with the name of a recipe', args.data)
    const list = await listRecipes(thisMachine(args.cache))
    terminal.print(args.json ? JSON.stringify({ recipes: list }) : recipeListText(list))
    return 0
  },
})

interface Args {
  readonly data?: string | undefined
  readonly cache: string
  readonly weights?: string | undefined
  readonly json: boolean
  readonly quiet: boolean
}

async function runOne(name: string, args: Args, terminal: Terminal): Promise<0 | 130> {
  const recipe = recipeOf(name)
  const { runRecipe } = await import('../recipes/run-recipe.js') // slow to load: other commands need not wait
  const { writeRecipeReport } = await import('../recipes/recipe-report.js')
  const { TrainingInterrupted } = await import('../evaluate/training-interrupted.js')
  const { trainingDisplay } = await import('./training-display.js')
  const display = stageDisplay(terminal, args.quiet)
  const live = terminal.live()
  const onEpoch = (history: readonly EpochEntry[], epochs: number) => {
    display.stop() // its line would be in the way
    trainingDisplay(live, epochs).update(history)
  }
  const result = await runRecipe(recipe, {
    ...args,
    ...display,
    ...(!args.quiet && { onEpoch }),
    signal: terminal.interruptible(),
    onNote: note(terminal, args),
  })
    .catch((error: unknown) => {
      if (error instanceof TrainingInterrupted) return error
      throw error
    })
    .finally(display.stop)
  if (result instanceof TrainingInterrupted) {
    terminal.note(result.message)
    return 130
  }
  const files = await writeRecipeReport(result)
  const hint = getHint(result)
  if (hint !== undefined && !args.quiet) terminal.note(hint)
  terminal.print(args.json ? JSON.stringify({ ...result, files }) : recipeText(result, files))
  return 0
}

function note(terminal: Terminal, { quiet }: Pick<Args, 'quiet'>) {
  return (text: string) => (quiet ? undefined : terminal.note(text))
}

/** One display at a time: each stage begins a new one. */
function stageDisplay(terminal: Terminal, quiet: boolean) {
  const download = quiet ? undefined : downloadDisplay(terminal)
  const start = () => (quiet ? noProgress : terminal.progress())
  let shown = start()
  const stop = () => {
    download?.stop()
    shown.stop()
  }
  return {
    stop,
    onDownload: download?.onDownload,
    onProgress: ({ done, total, rate }: ExtractProgress) => shown.update(done, total, `${rate.toFixed(0)} images/s`),
    onShare: (stage: string, share: number) => shown.update(Math.round(share * 100), 100, stage),
    onStage: (text: string) => {
      stop()
      if (!quiet) terminal.note(`${text} …`)
      shown = start()
    },
  }
}

/** What to do where generated images stood in. */
function getHint({ recipe, images }: RecipeResult): string | undefined {
  if (images.origin !== 'generated') return undefined
  const { dataset, what } = recipe.data
  const get = dataset === undefined ? '' : `npm run get-dataset -- ${quoted(dataset)}, or `
  return `Generated images stood in for ${what}. For the experiment itself: ${get}--data FOLDER.`
}
