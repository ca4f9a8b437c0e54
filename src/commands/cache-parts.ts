import { cacheCompact } from './cache-compact.js'
import { cacheExplain } from './cache-explain.js'
import { cacheExport } from './cache-export.js'
import { cacheImport } from './cache-import.js'
import { cacheList } from './cache-list.js'
import { cacheQuarantine } from './cache-quarantine.js'
import { cacheRebuild } from './cache-rebuild.js'
import { cacheRemove } from './cache-remove.js'
import { cacheVerify } from './cache-verify.js'
import type { CommandFactory } from './command.js'

/** In the order of the help. A new one is one file and one line here. */
export const cacheParts: readonly CommandFactory[] = [
  cacheList,
  cacheVerify,
  cacheExplain,
  cacheQuarantine,
  cacheRemove,
  cacheCompact,
  cacheRebuild,
  cacheExport,
  cacheImport,
]
