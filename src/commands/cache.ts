import { cacheCompact } from './cache-compact.js'
import { cacheList } from './cache-list.js'
import { cacheQuarantine } from './cache-quarantine.js'
import { cacheRemove } from './cache-remove.js'
import { commandGroup } from './command.js'

/** A new one is one file and one line here. */
const parts = [cacheList, cacheRemove, cacheCompact, cacheQuarantine]

export const cacheCommands = commandGroup('cache', 'The cache: list, remove, compact, import; what is quarantined', parts)
