import { UserError } from '../base/errors.js'
import type { Json } from '../cache/fingerprint.js'
import { saveHead, toHeadName } from '../heads/save-head.js'
import type { DataSet } from './data-set.js'
import type { Split } from './split.js'
import type { TestAnswers } from './test-answers.js'
import { encodeTestResults, testResultsFile } from './test-results.js'
import type { TrainedHead } from './trained-head.js'

/** A trained head and everything that it came from. */
export interface HeadToKeep {
  readonly data: DataSet
  readonly parts: Split
  readonly head: TrainedHead
  readonly answers: TestAnswers
  /** Default: from data folder, model, pool and head. */
  readonly name: string | undefined
  /** Told why the head could not be kept. */
  readonly onNote: ((text: string) => void) | undefined
  /** Options and figures of the training: kept as they are. */
  readonly result: { readonly model: string; readonly pool: string; readonly head: string; readonly [key: string]: Json }
}

/**
 * Saves a head under its name, with the identity of the codes it takes and what it says of each test image; returns the bundle's folder, null where it cannot be
 * written: the figures are worth having without it.
 */
export async function keepHead({ data, parts, head, answers, name, onNote, result }: HeadToKeep): Promise<string | null> {
  const view = result.pool === 'none' ? 'flat' : result.pool
  const folder = name ?? toHeadName(`${data.name}-${view}-${result.head}`)
  const codes: Json = {
    fingerprint: data.fingerprint.digest,
    identity: JSON.parse(data.fingerprint.json),
    shape: data.fingerprint.shape,
    pool: result.pool,
  }
  const description = { ...result, data: data.root, codes, created: new Date().toISOString() }
  const test = { name: testResultsFile, pieces: await encodeTestResults(data, parts, answers) }
  const saved = { layers: await head.layers(), labels: parts.classes, description, test }
  return saveHead(data.catalog.cache, folder, saved).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    onNote?.(error.message)
    return null
  })
}
