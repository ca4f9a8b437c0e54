import { UserError } from '../base/errors.js'
import { command } from './command.js'
import { count } from './format.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

export const cacheImport = command({
  name: 'import <source>',
  describe: 'Take codes that cache export wrote into the cache',
  positionals: { source: { type: 'string', demandOption: true, describe: 'A .parquet or .csv file, or the folder of a .npy export' } },
  options: { cache: dataOptions.cache, json: dataOptions.json, quiet: dataOptions.quiet },
  examples: [['cache import photos.parquet', 'codes that another machine computed']],
  async run({ source, cache, json, quiet }, terminal) {
    const { importCodes, isExport } = await import('../cache/exchange/import-codes.js') // slow to load: other commands need not wait
    if (!isExport(source)) throw notAnExport(source)
    const display = quiet ? noProgress : terminal.progress()
    const onProgress = (done: number, total = done) => display.update(done, total, 'rows')
    const result = await importCodes(source, { cache, onProgress, signal: terminal.interruptible() }).finally(() => display.stop())
    const { shards, rows, known } = result
    const written = `${count(rows)} code${rows === 1 ? '' : 's'} imported in ${count(shards)} shard${shards === 1 ? '' : 's'}`
    terminal.print(json ? JSON.stringify(result) : `${written}; ${count(known)} ${known === 1 ? 'row was' : 'rows were'} known.`)
    return 0
  },
})

function notAnExport(source: string): UserError {
  return new UserError(
    `Expected a .parquet or .csv file or the folder of a .npy export, found ${source}. Make one with: npm run cache -- export`,
  )
}
