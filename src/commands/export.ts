import { exportFormats } from '../bundle/export-formats.js'
import { command } from './command.js'
import { bytes, count } from './format.js'
import { dataOptions } from './options.js'

const { cache, json, quiet } = dataOptions

export const exportCommand = command({
  name: 'export <bundle>',
  describe: 'Write a trained head with its network for others: ONNX, TensorFlow.js, Keras, or a bundle for another machine',
  positionals: {
    bundle: { type: 'string', demandOption: true, describe: 'Name of a head in the cache (see train-head), or folder of a bundle' },
  },
  options: {
    cache,
    format: {
      choices: exportFormats,
      default: 'onnx' as const,
      describe:
        'onnx: images in, probabilities out; tfjs: a model and a page for browsers; keras: the head alone as .h5; bundle: a folder for another machine',
    },
    out: { type: 'string', requiresArg: true, describe: 'File, or folder of tfjs and bundle [default: in CACHE/exports, by its name]' },
    precision: {
      choices: ['float32', 'float16', 'int8'] as const,
      describe: "Of onnx and tfjs; float16 halves the file, int8 is that of int8 codes [default: the codes']",
    },
    'any-size': { type: 'boolean', default: false, describe: 'Of onnx: take images of any size and resize them inside' },
    embed: { type: 'boolean', default: false, describe: 'Of bundle: put the network inside, else it is looked for by its digest' },
    ...{ json, quiet },
  },
  examples: [
    ['export mine', 'cache/exports/mine.onnx for any runtime of ONNX'],
    ['export mine --precision float16 --out mine.onnx', 'in half the bytes'],
    ['export mine --format tfjs --out site', 'a model and a page that classifies dropped images'],
    ['export mine --format keras --out head.h5', 'the head alone, for keras.models.load_model'],
    ['export mine --format bundle --embed --out mine-bundle', 'all of it, to use with predict and serve elsewhere'],
  ],
  async run({ json, quiet, ...args }, terminal) {
    const { exportTo } = await import('../bundle/export-formats.js')
    const result = await exportTo({ ...args, anySize: args['any-size'], onNote: quiet ? undefined : terminal.note })
    terminal.print(json ? JSON.stringify(result) : `${result.file}, ${bytes(result.bytes)}, ${count(result.labels.length)} labels`)
    return 0
  },
})
