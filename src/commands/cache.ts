import { cacheExplain } from './cache-explain.js'
import { cacheQuarantine } from './cache-quarantine.js'
import { cacheRebuild } from './cache-rebuild.js'
import { cacheVerify } from './cache-verify.js'
import { commandGroup } from './command.js'

export const cacheCommands = commandGroup('cache', 'The cache: verify, rebuild, explain, what is quarantined', [
  cacheVerify,
  cacheRebuild,
  cacheExplain,
  cacheQuarantine,
])
