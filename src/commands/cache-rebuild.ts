import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import { type Rebuilt, rebuildCatalog } from '../cache/rebuild-catalog.js'
import { command } from './command.js'
import { counted, duration } from './format.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

export const cacheRebuild = command({
  name: 'rebuild',
  describe: 'Make the catalog again from the shards alone; the old one is kept beside it',
  options: {
    cache: dataOptions.cache,
    shared: {
      type: 'string',
      requiresArg: true,
      describe: 'Take in the shards of a shared location: a folder, or s3://bucket/prefix; see docs/workers.md',
    },
    json: dataOptions.json,
    quiet: dataOptions.quiet,
  },
  examples: [
    ['cache rebuild', 'where the catalog is damaged or gone; run codes once afterwards'],
    ['cache rebuild --shared /mnt/codes --cache mine', 'a catalog of what workers have put there'],
  ],
  async run({ cache, shared, json, quiet }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    const onShard = (done: number, all: number) => display.update(done, all, 'shards')
    const result = await rebuildCatalog({ cache, shared, onShard }).finally(() => display.stop())
    terminal.print(json ? JSON.stringify(result) : rebuiltText(result, cache))
    return 0
  },
})

function rebuiltText({ shards, rows, refused, kept, seconds }: Rebuilt, cache: string): string {
  const where = cacheOption(cache)
  return [
    `The catalog has ${counted(shards, 'shard')} with ${counted(rows, 'code')}, in ${duration(seconds)}.`,
    ...(kept === null ? [] : [`The one of before is kept as ${oneLine(kept)}; delete it when you do not miss it.`]),
    ...refused.map(({ shard, reason }) => `${shard}.arrow: ${oneLine(reason)}`),
    ...(refused.length > 0
      ? [`${counted(refused.length, 'shard')} not taken. Put aside what is damaged with: npm run cache -- verify --repair${where}`]
      : []),
    `Data sets and runs come back with the next codes, which finds all these codes: npm run codes -- --data DIR${where}`,
  ].join('\n')
}
