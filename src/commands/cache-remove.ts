import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import { type RemovedKind, type RemoveResult, removeCodes } from '../extract/remove-codes.js'
import { command } from './command.js'
import { bytes, count, counted } from './format.js'
import { type KindColumns, kindsTable, numbers } from './kinds-table.js'
import { augmentText, period, positiveInteger, resizeRule, wholeNumber } from './option-values.js'
import { dataOptions } from './options.js'
import type { Terminal } from './terminal.js'

export const cacheRemove = command({
  name: 'remove',
  describe: 'Remove codes: those that meet all that is asked; --plan tells what would go',
  options: {
    cache: dataOptions.cache,
    model: { type: 'string', describe: 'Codes of this model, as cache list has it' },
    layer: { type: 'string', describe: 'Codes of this layer' },
    size: { type: 'string', coerce: positiveInteger('size'), describe: 'Codes of this input size' },
    precision: { choices: ['float32', 'int8'] as const, describe: 'Codes of this precision' },
    resize: { type: 'string', coerce: resizeRule, describe: 'Codes under this rule of resizing' },
    decoder: { type: 'string', describe: 'Codes by this decoder' },
    exif: { type: 'boolean', describe: 'Codes with images turned as EXIF says, or with --no-exif those without' },
    alpha: { type: 'string', describe: 'Codes with this treatment of transparency' },
    truncated: { type: 'string', describe: 'Codes with this treatment of damaged files' },
    view: { type: 'string', coerce: wholeNumber('view'), describe: 'Codes of this view of the images; 0: the plain ones' },
    augment: { type: 'string', coerce: augmentText, describe: 'Codes of views that were made so' },
    fingerprint: { type: 'string', describe: 'Codes whose fingerprint begins so, as cache list has it' },
    'older-than': { type: 'string', coerce: period('older-than'), describe: 'Codes made longer ago: 12h, 30d, 2w, 6m, 1y' },
    missing: { type: 'boolean', default: false, describe: 'Codes of images that no file of any known data set has any more' },
    'gone-folders': {
      type: 'boolean',
      default: false,
      describe:
        'With --missing: also of data folders that are gone as a whole; without it their codes stay, since a disk may not be mounted',
    },
    plan: { type: 'boolean', default: false, describe: 'Say what would go and how much disk; change nothing' },
    json: dataOptions.json,
  },
  examples: [
    ['cache remove --model vgg16 --plan', 'what would go'],
    ['cache remove --model vgg16', 'all codes of a model'],
    ['cache remove --view 7', 'one view of the images'],
    ['cache remove --missing', 'codes of images that were deleted'],
    ['cache remove --older-than 6m --precision int8', 'old ones of a kind'],
  ],
  async run({ json, ...options }, terminal) {
    const asked = { ...options, olderThan: options['older-than'], goneFolders: options['gone-folders'] }
    const result = await removeCodes({ ...asked, signal: terminal.interruptible() })
    tell(result, { ...asked, terminal })
    terminal.print(json ? JSON.stringify(result) : resultText(result))
    return result.interrupted ? 130 : 0
  },
})

interface TellOptions {
  readonly cache: string
  readonly goneFolders: boolean
  readonly terminal: Terminal
}

/** What is odd. */
function tell({ goneFolders: gone, damaged }: RemoveResult, { cache, goneFolders, terminal }: TellOptions): void {
  for (const { data, files } of gone) {
    const fate = goneFolders
      ? 'its files count as missing'
      : 'the codes of its files stay, since a disk may not be mounted; --gone-folders removes them too'
    terminal.note(`No images are to be had at ${oneLine(data)} (${counted(files, 'file')} before): ${fate}.`)
  }
  for (const { path, reason } of damaged) terminal.note(`${oneLine(path)} was left as it is: ${reason}.`)
  if (damaged.length > 0) terminal.note(`Drop what is damaged with: npm run cache -- verify --repair${cacheOption(cache)}`)
}

function resultText(result: RemoveResult): string {
  const { plan, kinds, images, shards, rewritten, bytes: disk, interrupted } = result
  if (interrupted) return `Stopped: ${counted(images, 'code')} removed, ${bytes(disk)} free again. Run it again to go on.`
  if (images === 0) return 'No codes are as asked: nothing to remove.'
  const parts = [`${counted(shards, 'whole shard')}`, ...(rewritten > 0 ? [`parts of ${count(rewritten)} more`] : [])].join(' and ')
  const codes = `${counted(images, 'code')}: ${parts}`
  const total = plan
    ? `Would remove ${codes}, about ${bytes(disk)}. Nothing was changed.`
    : `Removed ${codes}; ${bytes(disk)} are free again. The codes command computes them again where their images are.`
  return `${kindsTable(kinds, columns)}\n\n${total}`
}

const columns: KindColumns<RemovedKind> = {
  columns: numbers('images', 'shards', 'in part', 'disk'),
  cells: ({ images, shards, rewritten, bytes: disk }) => [count(images), count(shards), count(rewritten), bytes(disk)],
}
