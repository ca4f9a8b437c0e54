import { addModel } from '../backbones/add-model.js'
import { oneLine } from '../base/one-line.js'
import { quoted } from '../base/quoted.js'
import { command } from './command.js'
import { count, shapeText } from './format.js'
import { backboneOptions, dataOptions } from './options.js'

const { size, mean, scale } = backboneOptions

export const modelsAdd = command({
  name: 'add <name> <file>',
  describe: 'Give a model file of yours a name for --model; the file stays where it is',
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'Its name from now on' },
    file: { type: 'string', demandOption: true, describe: 'Path to the model file' },
  },
  options: {
    ...{ size, mean, scale },
    layer: { type: 'string', requiresArg: true, describe: 'Layer that gives the code [default: the last]' },
    cache: dataOptions.cache,
    json: dataOptions.json,
  },
  examples: [['models add mine net.onnx --size 224 --mean 127.5 --scale 127.5', 'then: codes --model mine']],
  async run({ name, file, json, ...options }, terminal) {
    const model = await addModel(name, file, options)
    const { codeShape, codeLength } = model.facts
    const code = codeLength === null ? '' : `: codes of ${shapeText(codeShape)} = ${count(codeLength)} numbers`
    const place = options.cache === dataOptions.cache.default ? '' : ` --cache ${quoted(options.cache)}`
    const next = `npm run codes -- --model ${quoted(name)}${place}`
    terminal.print(json ? JSON.stringify(model) : `Added ${name}, ${oneLine(model.path)}${code}.\nNext: ${next}`)
    return 0
  },
})
