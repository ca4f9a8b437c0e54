import { join } from 'node:path'
import type { BackboneFacts } from '../backbones/backbone-facts.js'
import { type BackboneList, listBackbones } from '../backbones/list-backbones.js'
import type { WeightsState } from '../backbones/weights-state.js'
import { type TextColumn, textTable } from '../report/text-table.js'
import { thisMachine } from '../weights/weight-folders.js'
import { command } from './command.js'
import { bytes, count, magnitude, shapeText } from './format.js'
import { dataOptions } from './options.js'

export const modelsList = command({
  name: ['list', '$0'],
  describe: 'Every network that --model knows by name, and whether its weights are on this machine',
  options: { cache: dataOptions.cache, json: dataOptions.json },
  examples: [['models', 'all networks with their sizes and costs']],
  async run({ cache, json }, terminal) {
    const list = await listBackbones(thisMachine(cache))
    for (const message of list.damaged) terminal.note(message)
    terminal.print(json ? JSON.stringify(list) : listText(list, cache))
    return 0
  },
})

const columns: readonly TextColumn[] = [
  { title: 'model' },
  ...['input', 'code', 'numbers', 'parameters', 'multiply-adds'].map((title) => ({ title, align: 'right' }) as const),
  { title: 'weights' },
]

function listText({ models, added, built }: BackboneList, cache: string): string {
  const rows = [
    ...models.map((model) => [...factCells(model), weightsText(model)]),
    ...added.map(({ name, path, facts }) => [...factCells({ name, ...facts }), path]),
  ]
  const kept = built.graphs === 0 ? [] : [`Graphs kept in ${join(cache, 'models')}: ${count(built.graphs)}, ${bytes(built.bytes)}`]
  return [textTable(columns, rows), ...kept, 'More of one: cnn-codes models show NAME'].join('\n')
}

type ListedFacts = Omit<BackboneFacts, 'layers'>

function factCells({ name, size, codeShape, codeLength, parameters, multiplyAdds }: ListedFacts): string[] {
  const length = codeLength === null ? '' : count(codeLength)
  return [name, String(size), shapeText(codeShape), length, magnitude(parameters), magnitude(multiplyAdds)]
}

function weightsText({ parameters, weights }: ListedFacts & { readonly weights: WeightsState }): string {
  switch (weights.state) {
    case 'embedded':
      return 'inside'
    case 'found':
      return weights.path
    case 'missing':
      return `not here, about ${bytes(4 * parameters)} to fetch`
    case 'random':
      return 'random, to be trained: fine-tune --from input'
    case 'own':
      return 'by --weights FILE'
  }
}
