import { join } from 'node:path'
import { usageError } from '../base/errors.js'
import { cachePaths } from '../cache/paths.js'
import { exportBundle } from './export-bundle.js'
import { exportKeras } from './keras/export-keras.js'
import { type Bundle, loadBundle } from './load-bundle.js'
import { type ExportedFile, exportOnnx, type OnnxPrecision } from './onnx/export-onnx.js'
import { exportTfjs } from './tfjs/export-tfjs.js'

export const exportFormats = ['onnx', 'tfjs', 'keras', 'bundle'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportOptions {
  /** Name of a head in the cache, or a bundle's folder. */
  readonly bundle: string
  readonly format: ExportFormat
  /** File, or of some formats folder, to write; default in the cache's exports, by the bundle's name. */
  readonly out?: string | undefined
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Of onnx and tfjs; default that of the codes. */
  readonly precision?: OnnxPrecision | undefined
  /** Of onnx: images of any size, resized inside; default false. */
  readonly anySize?: boolean | undefined
  /** Of bundle: the network goes with it; default false. */
  readonly embed?: boolean | undefined
  readonly onNote?: ((text: string) => void) | undefined
}

export interface ExportResult extends ExportedFile {
  readonly format: ExportFormat
}

type FormatOptions = Omit<ExportOptions, 'bundle' | 'format' | 'out' | 'cache'> & { readonly out: string; readonly cache: string }

/** A way to write a bundle. */
interface Format {
  /** What the name ends in where none is given. */
  readonly ending: string
  /** Options that it takes beside those of all. */
  readonly takes: readonly ('precision' | 'anySize' | 'embed')[]
  readonly write: (bundle: Bundle, options: FormatOptions) => Promise<ExportedFile>
}

const formats: Readonly<Record<ExportFormat, Format>> = {
  onnx: { ending: '.onnx', takes: ['precision', 'anySize'], write: exportOnnx },
  tfjs: { ending: '-tfjs', takes: ['precision'], write: asTfjs },
  keras: { ending: '.h5', takes: [], write: exportKeras },
  bundle: { ending: '', takes: ['embed'], write: exportBundle },
}

async function asTfjs(bundle: Bundle, { precision, onNote, ...options }: FormatOptions): Promise<ExportedFile> {
  if (precision === 'int8') throw usageError('--precision', 'float32 or float16 for --format tfjs', precision)
  const { folder, bytes, tensorflow } = await exportTfjs(bundle, { ...options, precision })
  if (tensorflow === undefined) onNote?.('TensorFlow.js is not installed here: put its tf.es2017.min.js beside the page, see docs/tfjs.md.')
  return { file: folder, bytes, labels: bundle.labels }
}

const words = { precision: '--precision', anySize: '--any-size', embed: '--embed' } as const

/**
 * Writes a bundle in another format.
 *
 * @throws UserError where bundle or network is not there or fails its check, or the format does not take what is asked for.
 */
export async function exportTo({ bundle: name, format, out, cache = 'cache', ...options }: ExportOptions): Promise<ExportResult> {
  const { ending, takes, write } = formats[format]
  for (const option of ['precision', 'anySize', 'embed'] as const) {
    if (options[option] === undefined || options[option] === false || takes.includes(option)) continue
    const others = exportFormats.filter((other) => formats[other].takes.includes(option))
    throw usageError(words[option], `with --format ${others.join(' or ')}`, `--format ${format}`)
  }
  const bundle = loadBundle(name, cache)
  const path = out ?? join(cachePaths(cache).exports, `${bundle.name || 'head'}${ending}`)
  return { format, ...(await write(bundle, { ...options, out: path, cache })) }
}
