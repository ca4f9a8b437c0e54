import type { InputRule } from '../backbones/backbone.js'
import type { BackboneFacts } from '../backbones/backbone-facts.js'
import { describeBackbone } from '../backbones/describe-backbone.js'
import { backbones } from '../backbones/index.js'
import { type WeightsState, weightsState } from '../backbones/weights-state.js'
import { oneLine } from '../base/one-line.js'
import { type TextColumn, textTable } from '../report/text-table.js'
import { describeChecksum } from '../weights/checksum.js'
import { thisMachine } from '../weights/weight-folders.js'
import { command } from './command.js'
import { bytes, count, magnitude, shapeText } from './format.js'
import { backboneOptions, dataOptions } from './options.js'

const { size, mean, scale } = backboneOptions

export const modelsShow = command({
  name: 'show <model>',
  describe: 'One network: its layers with shapes, parameters and multiply-adds, its code, its weights',
  positionals: { model: { type: 'string', demandOption: true, describe: 'Name of a network, or a path to a model file' } },
  options: {
    ...{ size, mean, scale },
    layer: { type: 'string', requiresArg: true, describe: 'Layer that gives the code: what it needs is listed' },
    cache: dataOptions.cache,
    json: dataOptions.json,
  },
  examples: [
    ['models show inceptionv3', 'its layers, without needing its weights'],
    ['models show vgg16 --layer block4_pool --size 160', 'the code at another layer and size'],
    ['models show net.onnx --size 224', "a network of one's own"],
  ],
  async run({ model, json, ...options }, terminal) {
    const facts = await describeBackbone(model, options)
    const weights = backbones.has(model) ? await weightsState(model, thisMachine(options.cache)) : null
    if (json) terminal.print(JSON.stringify({ ...facts, weights }))
    else terminal.print(showText(facts, weights && weightsText(weights, await describeBackbone(model))))
    return 0
  },
})

const columns: readonly TextColumn[] = [
  ...[{ title: 'layer' }, { title: 'kind' }],
  ...['output', 'parameters', 'multiply-adds'].map((title) => ({ title, align: 'right' }) as const),
]

/** @param weights in words. */
function showText(facts: BackboneFacts, weights: string | null): string {
  const { name, size, layer, codeShape, codeLength, parameters, multiplyAdds, input, layers } = facts
  const code = codeLength === null ? 'a code whose shape only running it tells' : `${shapeText(codeShape)} = ${count(codeLength)} numbers`
  const rows = layers.map((one) => [
    ...[one.name, one.kind, shapeText(one.shape)],
    ...[one.parameters, one.multiplyAdds].map((value) => (value === 0 ? '' : count(value))),
  ])
  return [
    textTable(columns, rows),
    '',
    `${oneLine(name)}: ${size} × ${size} × 3 → ${code}, at layer ${oneLine(layer)}`,
    `${count(parameters)} parameters, ${magnitude(multiplyAdds)} multiply-adds an image, in ${count(layers.length)} layers`,
    `Input: ${inputText(input)}`,
    ...(weights ? [`Weights: ${weights}`] : []),
  ].join('\n')
}

/** The rule for pixels; mean and scale as one number where they are the same for all colours. */
function inputText({ order, mean, scale }: InputRule): string {
  const isPlain = new Set(mean).size === 1 && new Set(scale).size === 1
  const numbers = (values: readonly number[]) => (isPlain ? short(values[0] ?? 0) : `(${values.map(short).join(', ')})`)
  const rule = `(pixel − ${numbers(mean)}) / ${numbers(scale)}${isPlain ? '' : ' for red, green, blue'}`
  return `${rule}; ${order === 'rgb' ? 'red' : 'blue'} is the first channel`
}

const short = (value: number) => String(Number(value.toPrecision(6)))

/** @param whole the network as its file holds it, however it is cut. */
function weightsText(weights: WeightsState, whole: BackboneFacts): string {
  if (weights.state === 'embedded') return 'inside'
  if (weights.state === 'random') return 'random (--seed); nobody has trained it: fine-tune --from input does'
  if (weights.state === 'own') return 'no official address; give a file with --weights FILE'
  const { url, checksum, statedBy } = weights.source
  const stated = `${url} (${describeChecksum(checksum)}, by ${statedBy})`
  return weights.state === 'found'
    ? `${oneLine(weights.path)}, from ${stated}`
    : `not on this machine, about ${bytes(4 * whole.parameters)} to fetch from ${stated}`
}
