import { cacheQuarantine } from './cache-quarantine.js'
import { commandGroup } from './command.js'

export const cacheCommands = commandGroup('cache', 'The cache: what is quarantined', [cacheQuarantine])
