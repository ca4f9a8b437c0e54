import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * The package's script, which sorts a table when a heading is clicked. It stands in the page as it is: `</script` would end it.
 * The headings hold buttons, so that they can be reached and pressed by keyboard and are read as such.
 */
export function sortScript(): string {
  const { resolve } = createRequire(import.meta.url)
  const script = readFileSync(resolve('sortable-tablesort/dist/sortable.min.js'), 'utf8')
  if (/<\/script|<!--/i.test(script)) throw new Error('Expected a script that can stand in a page, got one that would end it.')
  return script
}
