import { importCodes, isExport } from '../cache/exchange/import-codes.js'
import { count, counted } from './format.js'
import type { Importer } from './importer.js'
import { noProgress } from './terminal.js'

/** Takes codes that `cache export` wrote. */
export const exported: Importer = {
  name: 'a .parquet or .csv file or the folder of a .npy export',
  takes: isExport,
  async run({ source, cache, quiet, signal }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    const onProgress = (done: number, total = done) => display.update(done, total, 'rows')
    const result = await importCodes(source, { cache, onProgress, signal }).finally(() => display.stop())
    const { shards, rows, known } = result
    const written = `${counted(rows, 'code')} imported in ${counted(shards, 'shard')}`
    return { result, text: `${written}; ${count(known)} ${known === 1 ? 'row was' : 'rows were'} known.`, interrupted: false }
  },
}
