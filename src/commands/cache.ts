import { cacheExport } from './cache-export.js'
import { cacheImport } from './cache-import.js'
import { cacheQuarantine } from './cache-quarantine.js'
import { commandGroup } from './command.js'

export const cacheCommands = commandGroup('cache', 'The cache: what is quarantined; codes for other programs, and back', [
  cacheQuarantine,
  cacheExport,
  cacheImport,
])
