import { UserError } from '../base/errors.js'
import type { Json } from '../cache/fingerprint.js'
import type { Pool } from '../cache/pool-codes.js'
import { saveHead, toHeadName } from '../heads/save-head.js'
import type { DataSet } from './data-set.js'
import { encodeSelfTest, type HeadChecks, selfTestFile, toSelfTest } from './self-test.js'
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
  /** Some of the test images, and what the head says of their plain views; none where the cache has no codes for it yet. */
  readonly checks?: HeadChecks | undefined
  /** Default: from data folder, model, pool and head. */
  readonly name: string | undefined
  /** Told why the head could not be kept. */
  readonly onNote: ((text: string) => void) | undefined
  /** Options and figures of the training: kept as they are. */
  readonly result: { readonly model: string; readonly pool: Pool; readonly head: string; readonly [key: string]: Json }
}

/**
 * Saves a head under its name, with the identity of the codes it takes and what it says of each test image; returns the bundle's folder, null where it cannot be
 * written: the figures are worth having without it.
 */
export async function keepHead({ data, parts, head, answers, checks, name, onNote, result }: HeadToKeep): Promise<string | null> {
  const view = result.pool === 'none' ? 'flat' : result.pool
  const folder = name ?? toHeadName(`${data.name}-${view}-${result.head}`)
  const codes: Json = {
    fingerprint: data.fingerprint.digest,
    identity: JSON.parse(data.fingerprint.json),
    shape: data.fingerprint.shape,
    pool: result.pool,
  }
  const description = { ...result, data: data.root, codes, answers: answers.kind, created: new Date().toISOString() }
  const files = {
    testResults: { name: testResultsFile, pieces: await encodeTestResults(data, parts, answers) },
    ...(checks && { selfTest: { name: selfTestFile, pieces: await encodeSelfTest(toSelfTest(data, checks, result.pool)) } }),
  }
  const saved = { layers: await head.layers(), labels: parts.classes, description, files }
  return saveHead(data.catalog.cache, folder, saved).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    onNote?.(error.message)
    return null
  })
}
