import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../base/content-file.js'
import { clauseOf, errorCode, UserError } from '../base/errors.js'
import { type Fields, fieldsOf, itemsOf, parseJson } from '../base/json.js'
import { product } from '../base/product.js'
import { type CodeIdentity, fingerprintOf, type Json } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import { type Pool, pooledShape, pools } from '../cache/pool-codes.js'
import { decodeSelfTest, type SelfTest } from '../evaluate/self-test.js'
import type { Layout } from '../graph/layout.js'
import type { SavedLayer } from '../heads/save-head.js'
import { parseSafetensors } from '../weights/read-safetensors.js'
import type { StateDict } from '../weights/weights.js'
import type { ClassifierHead } from './classifier-graph.js'

/** A saved head and all that is needed to use it, its files checked by their digests. */
export interface Bundle extends ClassifierHead {
  readonly folder: string
  readonly name: string
  /** Whether an image may have several labels, each with a probability of its own. */
  readonly multiLabel: boolean
  /** What its codes depend on beside the image. */
  readonly identity: CodeIdentity
  /** Digest of `identity`. */
  readonly fingerprint: string
  /** Numbers of a code after pooling. */
  readonly codeLength: number
  readonly selfTest: SelfTest | undefined
  /** The network, where the bundle has it inside. */
  readonly embedded:
    | { readonly path: string; readonly bytes: Buffer; readonly layout: Layout; readonly batch: number | undefined }
    | undefined
  /** head.json as it is. */
  readonly record: Fields
}

/**
 * Loads a head by its name in the cache, or a bundle by its folder; every file is compared with its digest.
 *
 * @throws UserError where there is none, or one of its files is missing, damaged or not as this version writes it.
 */
export function loadBundle(nameOrFolder: string, cache = 'cache'): Bundle {
  const folder = findFolder(nameOrFolder, cache)
  const path = join(folder, 'head.json')
  const record = fieldsOf(parseJson(readFile(path)))
  const head = (what: string) => damaged(folder, `${what} in head.json`)
  const labels = itemsOf(record.labels).filter((label) => typeof label === 'string')
  const { pool, fingerprint, identity: given, shape } = fieldsOf(record.codes)
  if (labels.length === 0) throw head('no labels')
  const identity = toIdentity(given) ?? fail(head('no identity of its codes'))
  if (fingerprintOf(identity) !== fingerprint) throw head('a fingerprint that is not that of its codes’ identity')
  if (!isShape(shape) || !isPool(pool)) throw head('no shape or pool of its codes')
  const weights = checkedFile(folder, record.weights) ?? fail(head('no weights'))
  const selfTest = checkedFile(folder, record.selfTest)
  const { layout, batch } = fieldsOf(record.backbone)
  const backbone = checkedFile(folder, record.backbone)
  const temperature = fieldsOf(record.calibration).temperature ?? 1
  if (typeof temperature !== 'number' || !(temperature > 0)) throw head('a temperature that is no number above 0')
  return {
    folder,
    name: typeof record.name === 'string' ? record.name : '',
    labels,
    layers: itemsOf(record.layers).map((layer) => toLayer(layer, parseSafetensors(weights.bytes, weights.path), folder)),
    temperature,
    multiLabel: record.multiLabel === true,
    pool,
    shape,
    identity,
    fingerprint: String(fingerprint),
    codeLength: product(pooledShape(shape, pool)),
    selfTest: selfTest && decoded(selfTest.bytes, folder),
    embedded: backbone && {
      ...backbone,
      layout: layout === 'nhwc' ? 'nhwc' : 'nchw',
      batch: typeof batch === 'number' ? batch : undefined,
    },
    record,
  }
}

function findFolder(nameOrFolder: string, cache: string): string {
  const inCache = join(cachePaths(cache).heads, nameOrFolder)
  const folders = [nameOrFolder.replace(/[\\/]?head\.json$/, '') || '.', ...(/^[A-Za-z0-9_][\w.-]*$/.test(nameOrFolder) ? [inCache] : [])]
  const found = folders.find((folder) => existsSync(join(folder, 'head.json')))
  if (found !== undefined) return found
  const isFolder = statSync(nameOrFolder, { throwIfNoEntry: false })?.isDirectory() ?? false
  throw new UserError(
    `Expected a bundle: the name of a head in ${cachePaths(cache).heads}, or a folder with head.json, found ${isFolder ? `no head.json in ${nameOrFolder}` : `none named ${JSON.stringify(nameOrFolder)}`}. Train one with: npm run train-head -- --name NAME`,
  )
}

/** A file that head.json names, undefined where it names none. */
function checkedFile(folder: string, of: unknown): { readonly path: string; readonly bytes: Buffer } | undefined {
  const { file, sha256: digest } = fieldsOf(of)
  if (file === undefined) return undefined
  if (typeof file !== 'string' || !/^[\w-][\w.-]*$/.test(file))
    throw damaged(folder, `${JSON.stringify(file)} as the name of a file in head.json`)
  const path = join(folder, file)
  const bytes = readFile(path)
  if (sha256(bytes) !== digest) throw damaged(folder, `${file} of ${bytes.length} bytes whose sha256 is not that in head.json`)
  return { path, bytes }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'it is gone' : clauseOf(error)
    throw new UserError(
      `Expected a file of the bundle at ${path}, but it cannot be read: ${why}. Copy the whole folder again, or train the head again.`,
    )
  }
}

function toLayer(given: unknown, weights: StateDict, folder: string): SavedLayer {
  const { type, tensors, ...settings } = fieldsOf(given)
  const named = itemsOf(tensors).map((name) => {
    const tensor = weights.get(String(name))
    if (!tensor) throw damaged(folder, `no tensor ${JSON.stringify(name)} in its weights`)
    return [String(name).replace(/^\d+\./, ''), tensor] as const
  })
  // A file of JSON holds nothing else.
  return {
    type: String(type),
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, toJson(value)])),
    tensors: Object.fromEntries(named),
  }
}

/** What was parsed from JSON, typed; nothing else comes here. */
function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toJson)
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, each]) => [name, toJson(each)]))
}

function toIdentity(given: unknown): CodeIdentity | undefined {
  const { format, backbone, layer, size, preprocessing, precision, calibration, augment } = fieldsOf(given)
  if (format !== 1 || typeof layer !== 'string' || typeof size !== 'number') return undefined
  if ((precision !== 'float32' && precision !== 'int8') || augment !== undefined) return undefined
  const texts = Object.entries(fieldsOf(backbone)).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  const rules = Object.entries(fieldsOf(preprocessing)).map(([name, value]) => [name, toJson(value)] as const)
  const graph = typeof calibration === 'string' ? { calibration } : {}
  return { format, backbone: Object.fromEntries(texts), layer, size, preprocessing: Object.fromEntries(rules), precision, ...graph }
}

const isShape = (value: unknown): value is number[] => Array.isArray(value) && value.length > 0 && value.every(Number.isSafeInteger)
const isPool = (value: unknown): value is Pool => pools.some((pool) => pool === value)

function decoded(bytes: Uint8Array, folder: string): SelfTest {
  try {
    return decodeSelfTest(bytes)
  } catch (error) {
    throw damaged(folder, `a self-test that cannot be read (${clauseOf(error)})`)
  }
}

function damaged(folder: string, found: string): UserError {
  return new UserError(`Expected a whole bundle in ${folder}, found ${found}. Copy the whole folder again, or train the head again.`)
}

function fail(error: UserError): never {
  throw error
}
