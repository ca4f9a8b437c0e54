import { cacheCommands } from './cache.js'
import { codes } from './codes.js'
import type { CommandFactory } from './command.js'
import { compareCommand } from './compare.js'
import { demo } from './demo.js'
import { doubtCommand } from './doubt.js'
import { duplicatesCommand } from './duplicates.js'
import { exportCommand } from './export.js'
import { fineTuneCommand } from './fine-tune.js'
import { getDatasetCommand } from './get-dataset.js'
import { models } from './models.js'
import { predictCommand } from './predict.js'
import { recipeCommand } from './recipe.js'
import { reportCommand } from './report.js'
import { searchCommand } from './search.js'
import { serveCommand } from './serve.js'
import { sweepSamplesCommand } from './sweep-samples.js'
import { trainHeadCommand } from './train-head.js'
import { workerCommand } from './worker.js'

/** Every command, in the order of the help. A new one is one file and one line here. */
export const commands: readonly CommandFactory[] = [
  codes,
  trainHeadCommand,
  sweepSamplesCommand,
  fineTuneCommand,
  predictCommand,
  exportCommand,
  duplicatesCommand,
  searchCommand,
  reportCommand,
  doubtCommand,
  compareCommand,
  serveCommand,
  models,
  cacheCommands,
  recipeCommand,
  getDatasetCommand,
  workerCommand,
  demo,
]
