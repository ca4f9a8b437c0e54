import { existsSync } from 'node:fs'
import { UserError } from '../base/errors.js'
import { command } from './command.js'
import { cacheFolder } from './import-cache-folder.js'
import { exported } from './import-exported.js'
import type { Importer } from './importer.js'
import { dataOptions } from './options.js'

/** In the order in which they are tried. */
const importers: readonly Importer[] = [exported, cacheFolder]
const forms = importers.map(({ name }) => name).join(', or ')

export const cacheImport = command({
  name: 'import <source>',
  describe: 'Take codes from elsewhere into the cache: what cache export wrote, or another cache; nothing here is overwritten',
  positionals: { source: { type: 'string', demandOption: true, describe: `What to import: ${forms}` } },
  options: { cache: dataOptions.cache, json: dataOptions.json, quiet: dataOptions.quiet },
  examples: [
    ['cache import photos.parquet', 'codes that another machine computed'],
    ['cache import /mnt/other/cache', 'codes, data sets and runs of another cache, as far as they are new here'],
  ],
  async run({ source, ...args }, terminal) {
    const importer = importers.find(({ takes }) => takes(source))
    if (importer) return importer.run({ source, ...args }, terminal)
    const found = existsSync(source) ? 'something else' : 'nothing'
    throw new UserError(`Expected ${forms}, at ${source}, found ${found}. Check the path, or make an export with: npm run cache -- export`)
  },
})
