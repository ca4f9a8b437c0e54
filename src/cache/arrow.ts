import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Apache Arrow, loaded when it is first needed: that takes a tenth of a second, which runs that touch no shard are spared. */
export function arrow(): typeof import('apache-arrow') {
  return require('apache-arrow')
}
