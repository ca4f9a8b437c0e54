import { createHash } from 'node:crypto'

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * What a code depends on beside the image: DESIGN's key without the image and the view.
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
}

/** Precision of the forward pass. */
export type Precision = 'float32' | 'int8'

/** JSON with the keys of every object in code-unit order and no white space, so that equal values give equal bytes. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, held: unknown) => (isRecord(held) ? Object.fromEntries(Object.entries(held).sort(byKey)) : held))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

/** sha256 of the identity's canonical JSON, in hex. */
export function fingerprintOf(identity: CodeIdentity): string {
  return createHash('sha256')
    .update(canonicalJson({ ...identity }))
    .digest('hex')
}
