import { usageError } from '../../base/errors.js'
import type { Graph } from '../../graph/graph.js'
import { writeOnnx } from '../../graph/write-onnx.js'
import { bundleTarget } from '../bundle-target.js'
import { withHead } from '../classifier.js'
import type { Bundle } from '../load-bundle.js'
import { writeExported } from '../write-exported.js'
import { withHalfWeights } from './half-weights.js'
import { imageGraph } from './image-graph.js'

export const onnxPrecisions = ['float32', 'float16', 'int8'] as const
export type OnnxPrecision = (typeof onnxPrecisions)[number]

export interface ExportOnnxOptions {
  /** The file. */
  readonly out: string
  readonly cache: string
  /** float16: weights are kept so, and computed with as float32. Default that of the codes that the head was trained on. */
  readonly precision?: OnnxPrecision | undefined
  /** Take images of any size and resize inside; default false. */
  readonly anySize?: boolean | undefined
}

export interface ExportedFile {
  readonly file: string
  readonly bytes: number
  readonly labels: readonly string[]
}

/**
 * Writes a bundle as one .onnx file, see `imageGraph`; its metadata has labels, preprocessing and the fingerprint of the codes.
 *
 * @throws UserError where the network cannot be had, an option does not fit it, or the file cannot be written.
 */
export async function exportOnnx(bundle: Bundle, { out, cache, precision, anySize = false }: ExportOnnxOptions): Promise<ExportedFile> {
  const own = bundle.identity.precision
  checkPrecision(bundle, precision ?? own)
  const target = await bundleTarget(bundle, { cache })
  const { backbone } = await withHead(target, bundle)
  const graph = imageGraph(backbone, anySize ? target.preprocessing.resize : undefined)
  const bytes = writeOnnx(withFacts(precision === 'float16' ? withHalfWeights(graph) : graph, bundle))
  await writeExported(out, bytes)
  return { file: out, bytes: bytes.length, labels: bundle.labels }
}

function checkPrecision({ identity, name }: Bundle, asked: OnnxPrecision): void {
  if (asked === 'int8' && identity.precision !== 'int8') {
    throw usageError(
      '--precision',
      'float32 or float16 for a head on float32 codes',
      asked,
      'int8 is calibrated by codes: npm run codes -- --precision int8, then npm run train-head -- --precision int8, and export that head.',
    )
  }
  if (asked !== 'int8' && identity.precision === 'int8') {
    throw usageError('--precision', `int8 for ${name}, which was trained on int8 codes`, asked)
  }
}

/** Notes that stand in the file beside the network. */
function withFacts(graph: Graph, { labels, identity, fingerprint, multiLabel, name }: Bundle): Graph {
  const facts = {
    'cnn-codes.name': name,
    'cnn-codes.labels': JSON.stringify(labels),
    'cnn-codes.multiLabel': String(multiLabel),
    'cnn-codes.size': String(identity.size),
    'cnn-codes.preprocessing': JSON.stringify(identity.preprocessing),
    'cnn-codes.fingerprint': fingerprint,
  }
  return { ...graph, metadata: new Map([...(graph.metadata ?? []), ...Object.entries(facts)]) }
}
