import { commandGroup } from './command.js'

export const models = commandGroup(
  'models',
  'The networks: list, show, verify, compare; add and remove your own',
  async () => (await import('./models-parts.js')).modelsParts,
)
