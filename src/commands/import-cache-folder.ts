import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import { type ImportCacheResult, importCache, isCacheFolder } from '../cache/import-cache.js'
import { count, counted } from './format.js'
import type { Importer } from './importer.js'
import { noProgress, type Terminal } from './terminal.js'

/** Merges another cache folder. */
export const cacheFolder: Importer = {
  name: 'another cache folder, with codes-v1 in it',
  takes: isCacheFolder,
  async run({ source, cache, quiet, signal }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    const onProgress = (done: number, total: number) => display.update(done, total, 'shards')
    const result = await importCache({ source, cache, signal, onProgress }).finally(() => display.stop())
    tell(result, { source, terminal })
    return { result, text: resultText(result), interrupted: result.interrupted }
  },
}

/** What is odd about a cache that was imported. */
function tell(result: ImportCacheResult, { source, terminal }: { readonly source: string; readonly terminal: Terminal }): void {
  const { damaged, damagedRows, otherCalibrations } = result
  for (const { path, reason } of damaged) terminal.note(`${oneLine(path)} was left out: ${reason}.`)
  if (damagedRows > 0)
    terminal.note(`${counted(damagedRows, 'row')} of its catalog ${damagedRows === 1 ? 'is' : 'are'} damaged and left out.`)
  if (damaged.length + damagedRows > 0) terminal.note(`Look into it with: npm run cache -- verify${cacheOption(source)}`)
  if (otherCalibrations > 0) {
    terminal.note(
      `${counted(otherCalibrations, 'int8 network')} ${otherCalibrations === 1 ? 'was' : 'were'} calibrated on other images there: this cache keeps its own for new codes.`,
    )
  }
}

function resultText({ shards, rows, known, graphs, interrupted }: ImportCacheResult): string {
  const networks = graphs > 0 ? ` and ${counted(graphs, 'network')}` : ''
  const here = known > 0 ? `; ${count(known)} were here already` : ''
  const taken = `Imported ${counted(rows, 'code')} in ${counted(shards, 'shard')}${networks}${here}.`
  return interrupted ? `Stopped: ${taken} Run it again to go on.` : taken
}
