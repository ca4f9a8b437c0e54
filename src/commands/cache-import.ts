import { existsSync } from 'node:fs'
import { messageOf, UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { command } from './command.js'
import { counted } from './format.js'
import { cacheFolder } from './import-cache-folder.js'
import { exported } from './import-exported.js'
import type { ImportArgs, Imported, Importer } from './importer.js'
import { dataOptions } from './options.js'
import type { ExitCode, Terminal } from './terminal.js'

/** In the order in which they are tried. */
const importers: readonly Importer[] = [exported, cacheFolder]
const forms = importers.map(({ name }) => name).join(', or ')

export const cacheImport = command({
  name: 'import <source..>',
  describe: 'Take codes from elsewhere into the cache: what cache export wrote, or other caches; nothing here is overwritten',
  positionals: { source: { type: 'string', array: true, demandOption: true, describe: `What to import, one or several: ${forms}` } },
  options: { cache: dataOptions.cache, json: dataOptions.json, quiet: dataOptions.quiet },
  examples: [
    ['cache import photos.parquet', 'codes that another machine computed'],
    ['cache import /mnt/other/cache', 'codes, data sets and runs of another cache, as far as they are new here'],
    ['cache import jobs/cache-*', 'those of all jobs of an array (codes --shard)'],
  ],
  async run({ source: sources, cache, json, quiet }, terminal) {
    const signal = terminal.interruptible()
    const [only, ...others] = sources
    if (only !== undefined && others.length === 0) {
      const { result, text, interrupted } = await importOne({ source: only, cache, quiet, signal }, terminal)
      terminal.print(json ? JSON.stringify(result) : text)
      return interrupted ? 130 : 0
    }
    return importAll(sources, { cache, quiet, signal, json }, terminal)
  },
})

/** @throws UserError where there is nothing that can be imported. */
async function importOne(args: ImportArgs, terminal: Terminal): Promise<Imported> {
  const { source } = args
  const importer = importers.find(({ takes }) => takes(source))
  if (importer) return importer.run(args, terminal)
  const found = existsSync(source) ? 'something else' : 'nothing'
  throw new UserError(`Expected ${forms}, at ${source}, found ${found}. Check the path, or make an export with: npm run cache -- export`)
}

/** Imports one after the other; one that fails does not keep the others out. */
async function importAll(
  sources: readonly string[],
  { json, ...args }: Omit<ImportArgs, 'source'> & { readonly json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const totals = { shards: 0, rows: 0, known: 0 }
  const told: object[] = []
  let failed = 0
  for (const source of sources) {
    if (args.signal.aborted) break
    try {
      const { result, text } = await importOne({ source, ...args }, terminal)
      told.push({ source, ...result })
      for (const part of ['shards', 'rows', 'known'] as const) totals[part] += result[part]
      if (!json) terminal.print(`${oneLine(source)}: ${text}`)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      failed++
      told.push({ source, error: messageOf(error) })
      terminal.note(`${oneLine(source)} was left out: ${oneLine(error.message)}`)
    }
  }
  const { shards, rows, known } = totals
  const left = failed > 0 ? `; ${counted(failed, 'source')} left out` : ''
  const all = `In all ${counted(rows, 'code')} in ${counted(shards, 'shard')} from ${counted(sources.length - failed, 'source')}, ${known} known${left}.`
  terminal.print(json ? JSON.stringify({ ...totals, sources: told }) : all)
  if (args.signal.aborted) return 130
  return failed > 0 ? 1 : 0
}
