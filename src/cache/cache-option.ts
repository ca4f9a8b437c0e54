import { quoted } from '../base/quoted.js'

/** The option that names the cache folder, with a space before it; nothing where it is the default. */
export const cacheOption = (cache: string) => (cache === 'cache' ? '' : ` --cache ${quoted(cache)}`)
