import { oneLine } from '../base/one-line.js'
import { optionText, varyingParts } from '../cache/code-kind.js'
import { type ListedFile, listQuarantine, type QuarantineList } from '../cache/list-quarantine.js'
import { textTable } from '../report/text-table.js'
import { command } from './command.js'
import { count } from './format.js'
import { dataOptions } from './options.js'

export const cacheQuarantine = command({
  name: 'quarantine',
  describe: 'The files that give no code, and why, as the last codes left them',
  options: { data: dataOptions.data, cache: dataOptions.cache, json: dataOptions.json },
  examples: [['cache quarantine --data photos', 'every quarantined file of photos/ with its reason']],
  async run({ json, ...options }, terminal) {
    const list = listQuarantine(options)
    terminal.print(json ? JSON.stringify(list) : listText(list))
    return 0
  },
})

function listText({ data, files, quarantined, causes, quarantine }: QuarantineList): string {
  const all = `${count(files)} file${files === 1 ? '' : 's'} of ${oneLine(data)}`
  if (quarantined === 0) return `Of the ${all} none is quarantined.`
  const codes = codesTexts(quarantine)
  const differ = new Set(codes).size > 1
  const columns = [{ title: 'file' }, { title: 'cause' }, { title: 'reason' }, ...(differ ? [{ title: 'codes' }] : [])]
  const rows = quarantine.map(({ path, cause, reason }, at) => [path, cause, reason, ...(differ ? [codes[at] ?? ''] : [])])
  const parts = Object.entries(causes).map(([cause, of]) => `${count(of)} ${cause}`)
  const several = quarantine.length > quarantined ? ', some for several reasons' : ''
  const isDamaged = 'truncated' in causes || 'decode' in causes
  return [
    textTable(columns, rows),
    '',
    `Of the ${all} ${count(quarantined)} ${quarantined === 1 ? 'is' : 'are'} quarantined${several}: ${parts.join(', ')}.`,
    `Mend or remove them and run codes again${isDamaged ? '; --truncated accept takes what can be decoded of damaged ones' : ''}.`,
  ].join('\n')
}

/** For whose codes each file is quarantined: the models, with the options in which the codes differ. */
function codesTexts(quarantine: readonly ListedFile[]): string[] {
  const varying = varyingParts(quarantine.flatMap(({ kinds }) => kinds))
  return quarantine.map(({ kinds }) =>
    kinds.map((kind) => [kind.model, ...varying.map((part) => optionText(part, kind[part]))].join(' ')).join('; '),
  )
}
