import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sha256 } from '../base/content-file.js'
import { fieldsOf } from '../base/json.js'
import { matrix } from '../engine/gemm.js'
import { encodeSelfTest, type SelfTest, selfTestFile, selfTestPlaces } from '../evaluate/self-test.js'
import { decodeTestResults, type TestResults } from '../evaluate/test-results.js'
import type { Target } from '../extract/target.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { bundleTarget } from './bundle-target.js'
import { withHead } from './classifier.js'
import { licenceNotes } from './licence-notes.js'
import { type Bundle, loadBundle } from './load-bundle.js'
import { resizedPixels } from './resized-pixels.js'
import { checkPixels } from './self-check.js'
import { writeExported } from './write-exported.js'

export interface ExportBundleOptions {
  /** Folder to write, made where it is not there. */
  readonly out: string
  readonly cache: string
  /** Whether the network goes with it, default false: elsewhere it is then looked for by its digest. */
  readonly embed?: boolean | undefined
  /** Told where the self-test goes without pictures. */
  readonly onNote?: ((text: string) => void) | undefined
}

export interface ExportedBundle {
  /** The folder. */
  readonly file: string
  readonly bytes: number
  readonly labels: readonly string[]
}

/** What a bundle that goes elsewhere does not tell: where things lay on this machine, and how they were typed. */
const own = ['command', 'modelFile'] as const

/** Of these paths the name is told. */
const paths = ['data', 'model', 'labelFile'] as const

/** A file of the bundle to be, and the field of head.json that names it. */
interface Part {
  readonly field: string
  readonly file: string
  readonly content: Buffer
  readonly facts?: object
}

/**
 * Writes a bundle that can go to another machine: head.json without this machine's paths, weights, the self-test with its images as
 * the network sees them, licence notes, and on demand the network itself. It is loaded and passes its self-test before this returns.
 *
 * @throws UserError where the network cannot be had or the folder cannot be written.
 */
export async function exportBundle(bundle: Bundle, { out, cache, embed = false, onNote }: ExportBundleOptions): Promise<ExportedBundle> {
  const target = await bundleTarget(bundle, { cache })
  const selfTest = await withPixels(bundle, target, onNote)
  const whole = { ...bundle, selfTest }
  const { backbone } = target
  const parts: Part[] = [
    copied(bundle, 'weights'),
    ...(fieldsOf(bundle.record.testResults).file === undefined ? [] : [copied(bundle, 'testResults')]),
    ...(selfTest ? [{ field: 'selfTest', file: selfTestFile, content: Buffer.concat(await encodeSelfTest(selfTest)) }] : []),
    ...(embed
      ? [
          {
            field: 'backbone',
            file: 'backbone.onnx',
            content: Buffer.from(writeOnnx(backbone.graph)),
            facts: { layout: backbone.layout, batch: backbone.batch },
          },
        ]
      : []),
    { field: 'licences', file: 'NOTICE.txt', content: Buffer.from(licenceNotes(whole)) },
  ]
  const named = parts.map(({ field, file, content, facts }) => [field, { file, sha256: sha256(content), ...facts }] as const)
  const kept = Object.entries(bundle.record).filter(([name]) => !own.some((each) => each === name))
  const head = { ...Object.fromEntries(kept), ...namesOnly(bundle.record), ...Object.fromEntries(named) }
  const json = Buffer.from(`${JSON.stringify(head, null, 1)}\n`)
  for (const { file, content } of parts) await writeExported(join(out, file), content)
  await writeExported(join(out, 'head.json'), json)
  await check(out, cache)
  return { file: out, bytes: parts.reduce((sum, { content }) => sum + content.length, json.length), labels: bundle.labels }
}

function namesOnly(record: Bundle['record']): { readonly [field: string]: string } {
  return Object.fromEntries(
    paths.flatMap((field) => {
      const path = record[field]
      return typeof path === 'string' ? [[field, basename(path)] as const] : []
    }),
  )
}

function copied({ folder, record }: Bundle, field: 'weights' | 'testResults'): Part {
  const { file } = fieldsOf(record[field])
  return { field, file: String(file), content: readFileSync(join(folder, String(file))) }
}

/** Loads what was written, and has its network answer the pictures of the self-test. */
async function check(folder: string, cache: string): Promise<void> {
  const bundle = loadBundle(folder, cache)
  const { backbone } = await withHead(await bundleTarget(bundle, { cache }), bundle)
  await checkPixels(bundle, backbone, writeOnnx(backbone.graph))
}

/** The self-test with the pixels of its images, where the data folder still has them. */
async function withPixels(
  bundle: Bundle,
  { preprocessing, backbone }: Target,
  onNote: ExportBundleOptions['onNote'],
): Promise<SelfTest | undefined> {
  const tested = testResults(bundle)
  const selfTest = bundle.selfTest ?? (tested && fromTestPart(tested, bundle))
  if (!selfTest || selfTest.pixels || preprocessing.resize === 'tf-bilinear') return bundle.selfTest
  const files = selfTest.images.flatMap((image) => fileOf(image, tested, bundle) ?? [])
  const pixels = (await resizedPixels(files, { preprocessing, side: backbone.size })).flatMap((one) => one ?? [])
  if (pixels.length === selfTest.images.length) return { ...selfTest, pixels: Buffer.concat(pixels) }
  const rest = bundle.selfTest ? 'the bundle has their codes, not their pictures, and checks its head alone' : 'the bundle has none'
  onNote?.(`The images of the self-test are not where they were: ${rest}.`)
  return bundle.selfTest
}

function testResults({ folder, record }: Bundle): TestResults | undefined {
  try {
    return decodeTestResults(readFileSync(join(folder, String(fieldsOf(record.testResults).file))))
  } catch {
    return undefined // heads of earlier versions have none
  }
}

/** A self-test of what was said in training, for a head that was saved before its codes were made; answers over several views are none for one. */
function fromTestPart({ rows }: TestResults, { record, labels }: Bundle): SelfTest | undefined {
  const { testViews = 1 } = fieldsOf(record.settings)
  const chosen = selfTestPlaces(rows.length).flatMap((at) => rows[at] ?? [])
  if (testViews !== 1 || chosen.length === 0) return undefined
  const answers = matrix(chosen.length, labels.length, Float32Array.from(chosen.flatMap((row) => [...row.answers])))
  return { images: chosen.map(({ image }) => image), answers }
}

/** The bytes of a test image by its sha256, where its file is as it was. */
function fileOf(image: string, tested: TestResults | undefined, { record }: Bundle): Buffer | undefined {
  const path = tested?.rows.find((row) => row.image === image)?.path
  try {
    const bytes = path === undefined ? undefined : readFileSync(join(String(record.data), path))
    return bytes && sha256(bytes) === image ? bytes : undefined
  } catch {
    return undefined // the file went away, or its folder did
  }
}
