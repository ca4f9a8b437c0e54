import { oneLine } from '../base/one-line.js'
import { exchangeFormats } from '../cache/exchange/exchange-row.js'
import type { ExportCodesResult } from '../evaluate/export-codes.js'
import { command } from './command.js'
import { bytes, count } from './format.js'
import { codeOptions } from './head-options.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

const { seed: _seed, ...options } = dataOptions

export const cacheExport = command({
  name: 'export',
  describe: 'Write codes as Parquet, .npy or CSV, for other programs',
  options: {
    ...options,
    ...codeOptions,
    format: { choices: exchangeFormats, default: 'parquet' as const, describe: 'File format' },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'File (of npy: folder) to write, or a folder for it [default: CACHE/exports/DATA-MODEL-POOL]',
    },
    force: { type: 'boolean', default: false, describe: 'Replace files that are there' },
    dtype: {
      choices: ['float16', 'float32'] as const,
      describe: 'Of npy: how numbers are written [default: as the cache keeps them; averages as float32]',
    },
    all: { type: 'boolean', default: false, describe: 'Every code of this kind, whether or not a file is known for it' },
    fingerprint: { type: 'string', requiresArg: true, describe: 'With --all: which kind, by the first digits of its fingerprint' },
  },
  examples: [
    ['cache export --data photos', 'the codes of the last run as Parquet'],
    ['cache export --data photos --pool avg --format csv --out codes.csv', 'pooled, as a table of text'],
    ['cache export --all --format npy --out codes', 'every code, as codes/codes.npy with codes/rows.csv'],
  ],
  async run(args, terminal) {
    const { exportCodes } = await import('../evaluate/export-codes.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const result = await exportCodes({
      ...args,
      excludeClasses: args['exclude-classes'],
      onNote: args.quiet ? undefined : terminal.note,
      onProgress: (done, total) => display.update(done, total, 'rows'),
      signal: terminal.interruptible(),
    }).finally(() => display.stop())
    terminal.print(args.json ? JSON.stringify(result) : summary(result))
    return 0
  },
})

function summary({ rows, codeShape, codeLength, pool, dtype, format, model, fingerprint, files, bytes: size }: ExportCodesResult): string {
  const of = model === null ? `fingerprint ${fingerprint.slice(0, 12)}` : oneLine(model)
  const shape = codeShape.length > 1 ? `${codeShape.join(' × ')} = ${count(codeLength)}` : count(codeLength)
  const numbers = format === 'csv' ? 'numbers' : `numbers, ${dtype}`
  return [
    `${count(rows)} ${pool === 'none' ? 'flat' : pool} code${rows === 1 ? '' : 's'} of ${of}, each of ${shape} ${numbers}`,
    `Written, ${bytes(size)}: ${files.map(oneLine).join(', ')}`,
  ].join('\n')
}
