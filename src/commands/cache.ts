import { cacheCompact } from './cache-compact.js'
import { cacheExport } from './cache-export.js'
import { cacheImport } from './cache-import.js'
import { cacheList } from './cache-list.js'
import { cacheQuarantine } from './cache-quarantine.js'
import { cacheRemove } from './cache-remove.js'
import { commandGroup } from './command.js'

/** A new one is one file and one line here. */
const parts = [cacheList, cacheQuarantine, cacheRemove, cacheCompact, cacheExport, cacheImport]

export const cacheCommands = commandGroup('cache', 'The cache: list, verify, explain, remove, compact, export, import', parts)
