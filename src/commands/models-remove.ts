import { removeAdded } from '../backbones/added-models.js'
import { oneLine } from '../base/one-line.js'
import { command } from './command.js'
import { dataOptions } from './options.js'

export const modelsRemove = command({
  name: 'remove <name>',
  describe: 'Forget the name of a model that you added; its file and its codes stay',
  positionals: { name: { type: 'string', demandOption: true, describe: 'Name of the model' } },
  options: { cache: dataOptions.cache, json: dataOptions.json },
  examples: [['models remove mine', 'its file stays where it is']],
  async run({ name, cache, json }, terminal) {
    const model = await removeAdded(name, cache)
    terminal.print(json ? JSON.stringify({ removed: model }) : `Removed ${name}; its file ${oneLine(model.path)} stays.`)
    return 0
  },
})
