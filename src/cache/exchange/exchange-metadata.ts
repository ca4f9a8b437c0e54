import { fieldsOf, isObject, itemsOf, parseJson } from '../../base/json.js'
import { type CodeIdentity, canonicalJson, type Json } from '../fingerprint.js'
import { type Pool, pools } from '../pool-codes.js'

/** What an exported file says of its codes as a whole. */
export interface ExchangeMetadata {
  readonly fingerprint: CodeIdentity
  /** Shape of a code in this file, channels last. */
  readonly shape: readonly number[]
  readonly pool: Pool
  /** What computed the codes: engine, provider, CPU; undefined where several did, or it is not known. */
  readonly made: Json | undefined
}

/** The fields as texts, for formats that keep pairs of texts. */
export function metadataTexts({ fingerprint, shape, pool, made }: ExchangeMetadata): Map<string, string> {
  return new Map([
    ['fingerprint', canonicalJson({ ...fingerprint })],
    ['shape', JSON.stringify(shape)],
    ['pool', pool],
    ...(made === undefined ? [] : [['made', canonicalJson(made)] as const]),
  ])
}

/**
 * Reads what `metadataTexts` gave.
 *
 * @throws Error as `readMetadata` does.
 */
export function fromTexts(texts: ReadonlyMap<string, string>): ExchangeMetadata {
  const json = (name: string) => parseJson(texts.get(name) ?? '')
  return readMetadata({ fingerprint: json('fingerprint'), shape: json('shape'), pool: texts.get('pool'), made: json('made') })
}

/**
 * Checks the fields as JSON gives them.
 *
 * @throws Error whose message says what is wrong, as the end of a sentence.
 */
export function readMetadata(value: unknown): ExchangeMetadata {
  const { fingerprint, shape, pool, made } = fieldsOf(value)
  if (!isIdentity(fingerprint)) throw new Error('its metadata do not say which codes these are (fingerprint)')
  const sides = itemsOf(shape).filter(isSide)
  if (sides.length === 0 || sides.length < itemsOf(shape).length) throw new Error("its metadata do not say the codes' shape")
  const known = pools.find((name) => name === pool)
  if (!known) throw new Error('its metadata do not say whether the codes are pooled (pool)')
  return { fingerprint, shape: sides, pool: known, made: isJson(made) ? made : undefined }
}

const isSide = (side: unknown): side is number => typeof side === 'number' && Number.isSafeInteger(side) && side > 0

function isIdentity(value: unknown): value is CodeIdentity {
  const { format, backbone, layer, size, preprocessing, precision, calibration } = fieldsOf(value)
  return (
    format === 1 &&
    isObject(backbone) &&
    Object.values(backbone).every((part) => typeof part === 'string') &&
    typeof layer === 'string' &&
    isSide(size) &&
    isObject(preprocessing) &&
    (precision === 'float32' || precision === 'int8') &&
    (calibration === undefined || typeof calibration === 'string')
  )
}

/** Whatever JSON.parse gave is JSON; only what was not there is not. */
const isJson = (value: unknown): value is Json => value !== undefined && value !== null
