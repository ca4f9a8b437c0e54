import type { CommandFactory } from './command.js'

/** Every command by its name, in the order of the help. A new one is one file and one line here. */
const commands: Readonly<Record<string, () => Promise<CommandFactory>>> = {
  codes: async () => (await import('./codes.js')).codes,
  'train-head': async () => (await import('./train-head.js')).trainHeadCommand,
  'sweep-samples': async () => (await import('./sweep-samples.js')).sweepSamplesCommand,
  'fine-tune': async () => (await import('./fine-tune.js')).fineTuneCommand,
  predict: async () => (await import('./predict.js')).predictCommand,
  export: async () => (await import('./export.js')).exportCommand,
  duplicates: async () => (await import('./duplicates.js')).duplicatesCommand,
  search: async () => (await import('./search.js')).searchCommand,
  report: async () => (await import('./report.js')).reportCommand,
  doubt: async () => (await import('./doubt.js')).doubtCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  serve: async () => (await import('./serve.js')).serveCommand,
  models: async () => (await import('./models.js')).models,
  cache: async () => (await import('./cache.js')).cacheCommands,
  recipe: async () => (await import('./recipe.js')).recipeCommand,
  'get-dataset': async () => (await import('./get-dataset.js')).getDatasetCommand,
  worker: async () => (await import('./worker.js')).workerCommand,
  demo: async () => (await import('./demo.js')).demo,
}

/**
 * The command that the first word names, and no other: most of a short command's time goes into loading what others need. All of them
 * where it names none, for the help and for what is like it.
 */
export function commandsFor([word = '']: readonly string[]): Promise<readonly CommandFactory[]> {
  const named = Object.hasOwn(commands, word) ? commands[word] : undefined
  return Promise.all((named ? [named] : Object.values(commands)).map((load) => load()))
}
