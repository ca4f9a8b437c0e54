import { commandGroup } from './command.js'

export const cacheCommands = commandGroup(
  'cache',
  'The cache: list, verify, explain, remove, compact, rebuild, export, import',
  async () => (await import('./cache-parts.js')).cacheParts,
)
