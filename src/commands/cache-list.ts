import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import { type CodeList, type ListedKind, listCodes } from '../cache/list-codes.js'
import { command } from './command.js'
import { age, bytes, count, counted } from './format.js'
import { type KindColumns, kindsTable, numbers } from './kinds-table.js'
import { dataOptions } from './options.js'

export const cacheList = command({
  name: ['list', '$0'],
  describe: 'What is in the cache: kinds of codes, images, disk, age; and what else takes disk',
  options: { cache: dataOptions.cache, json: dataOptions.json },
  examples: [['cache list', 'a line for each kind of codes, then the disk']],
  async run({ cache, json }, terminal) {
    const list = await listCodes({ cache })
    terminal.print(json ? JSON.stringify(list) : listText(list, cache))
    return 0
  },
})

function listText(list: CodeList, cache: string): string {
  const kinds = list.kinds.length === 0 ? [] : [kindsTable(list.kinds, columns), '']
  return [...kinds, diskText(list), ...advice(list, cache)].join('\n')
}

const columns: KindColumns<ListedKind> = {
  columns: [{ title: 'kept as' }, ...numbers('images', 'shards', 'disk'), { title: 'first' }, { title: 'last' }, { title: 'data' }],
  cells({ dtypes, images, shards, bytes: disk, first, last, data }) {
    const [oldest, newest] = [first, last].map((time) => age(Date.now() - Date.parse(time)))
    const used = data.join(', ') || 'not known until the next codes'
    return [dtypes.join(' + '), count(images), count(shards), bytes(disk), oldest ?? '', newest ?? '', used]
  },
}

function diskText({ kinds, images, shards, bytes: disk, other, unknown }: CodeList): string {
  const usages = [
    ['the catalog', other.catalog],
    ['Gram matrices', other.gram],
    ['heads', other.heads],
    ['sweeps', other.sweeps],
    ['exports', other.exports],
    ['reports', other.reports],
    ['networks', other.graphs],
    ['weights', other.models],
    ['damaged shards put aside', other.aside],
  ] as const
  const parts = usages.flatMap(([what, { files, bytes: size }]) => (files > 0 ? [`${what} ${bytes(size)}`] : []))
  const codes = `${counted(kinds.length, 'kind')} of codes of ${counted(images, 'image')}: ${counted(shards, 'shard')}, ${bytes(disk)}.`
  const files = `${counted(unknown.files, 'file')} among the shards that the catalog does not know: ${bytes(unknown.bytes)}.`
  return [codes, `Beside them: ${parts.join(', ')}.`, ...(unknown.files > 0 ? [files] : [])].join('\n')
}

/** What to do next. */
function advice({ damaged, unknown, shards, bytes: disk, compaction }: CodeList, cache: string): string[] {
  const where = cacheOption(cache)
  const gone = damaged.map(({ path, reason }) => `Damaged: ${oneLine(path)}: ${reason}.`)
  const verify = damaged.length + unknown.files > 0 ? [`Look into it with: npm run cache -- verify${where}`] : []
  const isWorthwhile = compaction.before - compaction.after >= manyShards
  const joins = `${counted(shards, 'shard')} of ${bytes(Math.round(disk / shards))} on average: npm run cache -- compact${where} makes ${count(compaction.after)} of them.`
  return [...gone, ...verify, ...(isWorthwhile ? [joins] : [])]
}

/** Shards that may be too many before compaction is worth a word. */
const manyShards = 10
