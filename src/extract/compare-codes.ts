import type { CodeArray } from '../cache/dtype.js'
import { canonicalJson, type Json } from '../cache/fingerprint.js'
import type { EngineInfo } from '../engine/engine-info.js'
import { parityOf } from '../engine/parity.js'
import type { Float16 } from '../kernels/float16.js'

/** Least cosine of codes that different engines, devices or CPUs computed. */
const nearEnough = 0.9999

/** How a code that was computed again stands to the one that is kept. */
export interface Comparison {
  /** equal: byte by byte. */
  readonly is: 'equal' | 'close' | 'different'
  /** Of the two codes; 1 where they are equal. */
  readonly cosine: number
}

/** Compares a code with the one that was computed again; where all that computes is the same, only equal bytes will do. */
export function compareCodes(
  { stored, computed }: { readonly stored: CodeArray; readonly computed: CodeArray },
  { isSameMachine, float16 }: { readonly isSameMachine: boolean; readonly float16: Float16 },
): Comparison {
  if (stored.BYTES_PER_ELEMENT === computed.BYTES_PER_ELEMENT && Buffer.compare(bytesOf(stored), bytesOf(computed)) === 0) {
    return { is: 'equal', cosine: 1 }
  }
  const [expected, found] = [stored, computed].map((code) => ({ data: asFloats(code, float16), dims: [code.length] }))
  const cosine = expected && found ? parityOf(found, expected).cosine : Number.NaN
  return { is: cosine >= nearEnough && !isSameMachine ? 'close' : 'different', cosine }
}

/** Whether what made a shard's codes (JSON) is what runs now: then the same image gives the same bytes. */
export function isSameMachine(made: string | undefined, on: EngineInfo): boolean {
  if (made === undefined) return false
  const was: Json = JSON.parse(made)
  return canonicalJson(was) === canonicalJson({ ...on })
}

const bytesOf = ({ buffer, byteOffset, byteLength }: CodeArray) => new Uint8Array(buffer, byteOffset, byteLength)

function asFloats(code: CodeArray, float16: Float16) {
  if (code instanceof Float32Array) return code
  const floats = new Float32Array(code.length)
  float16.fromFloat16(code, floats)
  return floats
}
