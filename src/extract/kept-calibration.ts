import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ContentPlace, readContentFile, sha256 } from '../base/content-file.js'
import { fingerprintOf } from '../cache/fingerprint.js'
import { cachePaths } from '../cache/paths.js'
import { hasVnni } from '../engine/has-vnni.js'
import { parseOnnx } from '../graph/read-onnx.js'
import type { Target } from './target.js'
import { Uncheckable } from './uncheckable.js'

/** Weights of 8 bits would overflow on a CPU without VNNI: a cache may move between machines, such a graph may not. */
export const ownBits = () => (hasVnni() ? 8 : 7)

/** Where the calibrated graph of a float32 target is kept. */
export function calibrationPlace({ fingerprint }: Target, cache: string, bits: 7 | 8): ContentPlace {
  return { folder: join(cachePaths(cache).models, 'int8-v1'), start: `${fingerprint}-${bits}`, end: '.onnx' }
}

/** The int8 twin of a float32 target by the bytes and the sha256 of its calibrated graph. */
export function int8Twin(target: Target, { bytes, digest }: { readonly bytes: Uint8Array; readonly digest: string }): Target {
  const identity = { ...target.identity, precision: 'int8', calibration: digest } as const
  const graph = parseOnnx(bytes, `the calibrated graph of ${target.backbone.name}`)
  return { ...target, backbone: { ...target.backbone, graph }, identity, fingerprint: fingerprintOf(identity) }
}

/** The int8 twin by the graph that the next run would take; undefined where it would calibrate. Nothing is written. */
export async function keptTarget(target: Target, cache: string): Promise<Target | undefined> {
  const kept = await readContentFile(calibrationPlace(target, cache, ownBits()), { removeDamaged: false })
  return kept && int8Twin(target, kept)
}

/**
 * The int8 twin by the calibrated graph of this digest, wherever it was calibrated. Nothing is written.
 *
 * @throws Uncheckable where there is none, or this CPU does not compute it exactly.
 */
export async function targetOfCalibration(target: Target, cache: string, calibration: string): Promise<Target> {
  for (const bits of [7, 8] as const) {
    const { folder, start, end } = calibrationPlace(target, cache, bits)
    const bytes = await readFile(join(folder, `${start}-${calibration}${end}`)).catch(() => undefined)
    if (!bytes || sha256(bytes) !== calibration) continue
    if (bits > ownBits()) throw new Uncheckable('its int8 graph wants a CPU with VNNI')
    return int8Twin(target, { bytes, digest: calibration })
  }
  throw new Uncheckable('its calibrated int8 graph is gone')
}
