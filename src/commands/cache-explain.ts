import { oneLine } from '../base/one-line.js'
import type { Json } from '../cache/fingerprint.js'
import type { PartDifference } from '../cache/identity-differences.js'
import { type Explanation, explainCode, type FileState, type Miss } from '../extract/explain-code.js'
import { textTable } from '../report/text-table.js'
import { command } from './command.js'
import { bytes } from './format.js'
import { resizeRule } from './option-values.js'
import { backboneOptions, dataOptions } from './options.js'

/** Files with the same content that are told one by one. */
const listed = 20

/** Of a digest, what people need to tell it from others. */
const shortDigest = 12

export const cacheExplain = command({
  name: 'explain <image>',
  describe: 'Whether an image has a code in the cache and, where not, what differs from what is there',
  positionals: { image: { type: 'string', demandOption: true, describe: 'Path of the image' } },
  options: {
    data: dataOptions.data,
    cache: dataOptions.cache,
    model: { type: 'string', describe: 'As of codes, which see for all of these [default: the kind of the last run for --data]' },
    weights: backboneOptions.weights,
    seed: dataOptions.seed,
    layer: { type: 'string', describe: 'Layer whose output is the code' },
    size: backboneOptions.size,
    mean: backboneOptions.mean,
    scale: backboneOptions.scale,
    precision: { choices: ['float32', 'int8'] as const, describe: 'Precision of the forward pass' },
    decoder: { choices: ['exact', 'fast'] as const, describe: 'Decoder of JPEGs' },
    resize: { type: 'string', coerce: resizeRule, describe: 'How an image becomes a square' },
    exif: { type: 'boolean', describe: 'Turn images as their EXIF orientation says' },
    alpha: { choices: ['white', 'drop'] as const, describe: 'What becomes of transparency' },
    truncated: { choices: ['reject', 'accept'] as const, describe: 'What becomes of damaged files' },
    json: dataOptions.json,
  },
  examples: [
    ['cache explain photos/cat/1.jpg --data photos', 'a code of the last kind that codes made of photos/'],
    ['cache explain photos/cat/1.jpg --model vgg16 --resize crop:256', 'a code of another kind'],
  ],
  async run({ image, json, ...options }, terminal) {
    const explanation = await explainCode(image, options)
    terminal.print(json ? JSON.stringify(explanation) : explanationText(explanation))
    return 0
  },
})

function explanationText(told: Explanation): string {
  const { path, image, hit, model, fingerprint, quarantine } = told
  const kind = fingerprint === null ? 'not calibrated yet' : `fingerprint ${fingerprint.slice(0, shortDigest)}`
  return [
    `${hit ? 'Hit' : 'Miss'}: ${oneLine(path)} (sha256 ${image.slice(0, shortDigest)}) has ${hit ? 'a' : 'no'} code of ${oneLine(model)}, ${kind}.`,
    ...(quarantine ? [`It is quarantined: ${oneLine(quarantine.reason)}`] : []),
    ...(told.miss && !quarantine ? missLines(told.miss) : []),
    ...(hit ? ['', codesTable(told)] : []),
    ...filesLines(told),
  ].join('\n')
}

function codesTable({ codes, fingerprint }: Explanation): string {
  const columns = ['shard', 'row', 'dtype', 'bytes', 'written'].map((title) => ({ title }))
  const rows = codes.map(({ shard, row, dtype, bytes: size, written }) => {
    const file = `${(fingerprint ?? '').slice(0, shortDigest)}…/${shard.slice(0, shortDigest)}….arrow`
    return [file, row, dtype, bytes(size), timeText(written)]
  })
  return textTable(columns, rows)
}

function filesLines({ files }: Explanation): string[] {
  if (files.length === 0) return []
  const lines = files.slice(0, listed).map(({ data, path }) => `  ${oneLine(`${data}/${path}`)}`)
  const more = files.length - listed
  return ['', 'Files with this content, as the last codes saw them:', ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])]
}

function missLines(miss: Miss): string[] {
  if (miss.because === 'unknown') return ['The cache knows neither this content nor a file at this path: codes has not seen it yet.']
  if (miss.because === 'kind') {
    const { kinds, nearest } = miss
    const of = kinds === 1 ? 'It has a code of another kind' : `It has codes of ${kinds} other kinds; the nearest`
    return [
      `${of}, ${nearest.fingerprint.slice(0, shortDigest)}, differs:`,
      ...nearest.differences.map((one) => `  ${differenceText(one)}`),
    ]
  }
  const { before, now, wasCoded } = miss
  return [
    'The file has changed since codes saw it last:',
    `  then ${stateText(before)}`,
    `  now  ${stateText(now)}`,
    wasCoded ? 'The code of what it was then is kept; the next codes computes the new one.' : 'The next codes computes its code.',
  ]
}

const differenceText = ({ part, asked, cached }: PartDifference) => `${part} is ${valueText(asked)}, the cache has ${valueText(cached)}`

/** A value of an identity; of digests what people need. */
function valueText(value: Json): string {
  if (value === null) return 'nothing'
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value))
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, shortDigest)}…` : text
}

function stateText({ image, bytes: size, modified }: FileState): string {
  return `${bytes(size)}, written ${timeText(modified)}, sha256 ${image.slice(0, shortDigest)}`
}

const timeText = (time: number) => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}Z`
