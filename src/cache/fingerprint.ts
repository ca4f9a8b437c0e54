import { createHash } from 'node:crypto'
import { fieldsOf, parseJson } from '../base/json.js'

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * What a code depends on beside the image.
 *
 * Never in it: paths, batch size, workers, device, engine, dtype.
 */
export interface CodeIdentity {
  readonly format: 1
  readonly backbone: { readonly [key: string]: string }
  readonly layer: string
  /** Side of the square input, pixels. */
  readonly size: number
  readonly preprocessing: { readonly [key: string]: Json }
  readonly precision: Precision
  /** Of int8: sha256 of the calibrated graph. */
  readonly calibration?: string
  /** Of views beyond the plain image. */
  readonly augment?: AugmentIdentity
}

/** What an augmented view of an image depends on. */
export type AugmentIdentity = {
  /** Its one spelling. */
  readonly spec: string
  readonly seed: number
  /** From 1 on. */
  readonly view: number
  /** To be raised when the same specification gives other pixels. */
  readonly version: 1
}

/** Precision of the forward pass. */
export type Precision = 'float32' | 'int8'

/** JSON with the keys of every object in code-unit order and no white space, so that equal values give equal bytes. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, held: unknown) => (isRecord(held) ? Object.fromEntries(Object.entries(held).sort(byKey)) : held))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

/** Whether an identity, as JSON, is that of plain images. */
export function isOfPlainImages(json: string): boolean {
  return fieldsOf(parseJson(json)).augment === undefined
}

/** sha256 of the identity's canonical JSON, in hex. */
export function fingerprintOf(identity: CodeIdentity): string {
  return createHash('sha256')
    .update(canonicalJson({ ...identity }))
    .digest('hex')
}

/** Whether an identity, as JSON, is that of a network with random weights. */
export function isOfRandomWeights(json: string): boolean {
  return fieldsOf(fieldsOf(parseJson(json)).backbone).random !== undefined
}
