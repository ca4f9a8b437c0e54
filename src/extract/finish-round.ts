import { UserError } from '../base/errors.js'
import type { Catalog } from '../cache/catalog.js'
import type { FingerprintRecord } from '../cache/code-table.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { EngineInfo } from '../engine/engine-info.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { CodeSession } from './code-session.js'
import type { ExtractSeveralResult } from './options.js'
import { PathCursor } from './path-cursor.js'
import { runSource } from './run-source.js'
import { type Finished, severalResult, type TargetResult, targetResult, withViews } from './to-result.js'

/** What came of a round over the images. */
export interface Round {
  readonly result: ExtractSeveralResult
  /** Set where a kind of code has no image at all. */
  readonly failure: UserError | undefined
}

/** A round that is done, with what is known of each kind of code. */
export interface DoneRound extends Finished {
  /** For each kind the files that give none, in the order of paths. */
  readonly quarantine: readonly (readonly QuarantineRecord[])[]
  /** What each kind ran on. */
  readonly on: readonly EngineInfo[]
}

/** Enters the completed runs of a round, and tells what came of it. */
export function finishRound(session: CodeSession, scanned: ScannedFolder, round: DoneRound): Round {
  const { catalog, options } = session
  const { stock, outcome, chosen } = round
  const targets = stock.targets.map(({ target }) => target)
  const runs = targets.map((target, which) => {
    const refused = round.quarantine[which] ?? []
    const record = catalog.codes.find(target.fingerprint)
    const { computed = 0, dtype: made, heldBatch } = outcome.targets[which] ?? {}
    const dtype = made === 'float32' || hasFloat32(catalog, record, { dataset: stock.dataset, files: chosen }) ? 'float32' : 'float16'
    const ran = round.on[which] ?? session.on
    const result = targetResult(round, {
      target,
      computed,
      quarantine: refused,
      dtype,
      codeShape: record?.shape ?? [],
      on: ran,
      heldBatch,
    })
    return { model: target.model, record: hasUsable(chosen, refused) ? record : undefined, refused, result, ran }
  })
  if (!outcome.interrupted) {
    for (const { record, result, ran } of runs) {
      if (record) keepRun(session, { dataset: stock.dataset, fingerprint: record.id }, { result, on: ran })
    }
  }
  catalog.checkPresence()
  const failed = outcome.interrupted || chosen.length === 0 ? undefined : runs.find(({ record }) => !record)
  const { views = 1 } = options
  const kinds = Array.from({ length: targets.length / views }, (_, kind) => {
    const of = <T>(all: readonly T[]) => all.slice(kind * views, (kind + 1) * views)
    const results = of(runs).map(({ result }) => result)
    return withViews(results, of(targets))
  })
  return {
    result: severalResult(round, kinds),
    failure: failed && nothingUsable(scanned, failed),
  }
}

/** Whether one of the files gives a code. */
function hasUsable(chosen: readonly FileRecord[], quarantine: readonly QuarantineRecord[]): boolean {
  const bad = new Set(quarantine.map(({ path }) => path))
  return chosen.some(({ path }) => !bad.has(path))
}

/** Whether a code of these files is kept as float32, which is then the one that is read. */
function hasFloat32(
  catalog: Catalog,
  record: FingerprintRecord | undefined,
  { dataset, files }: { readonly dataset: number; readonly files: readonly FileRecord[] },
): boolean {
  if (!record || !catalog.codes.hasDtype(record.id, 'float32')) return false
  const chosen = new PathCursor(files)
  for (const path of catalog.codes.codedPaths(dataset, record.digest, 'float32')) if (chosen.find(path) !== undefined) return true
  return false
}

/** Enters a completed run, so that later commands know which codes belong to the data set. */
function keepRun(
  { catalog, entered, options }: CodeSession,
  ids: { readonly dataset: number; readonly fingerprint: number },
  { result, on }: { readonly result: TargetResult; readonly on: EngineInfo },
): void {
  if (entered.has(ids.fingerprint)) return
  const { quarantine: _listed, ...counts } = result
  const { codeShape, shares, threads } = result
  const source = { ...runSource(result.model, options) }
  const details = { ...counts, codeShape: [...codeShape], shares: { ...shares }, threads: threads && { ...threads }, source, ...on }
  const finished = Date.now()
  catalog.runs.add({ ...ids, model: result.model, started: Math.round(finished - result.seconds * 1000), finished, details })
  entered.add(ids.fingerprint)
}

/** Why a kind of code has no image: the network's numbers, or the files. */
function nothingUsable({ root }: ScannedFolder, { model, refused }: { model: string; refused: readonly QuarantineRecord[] }): UserError {
  if (refused.length > 0 && refused.every(({ cause }) => cause === 'not-finite')) {
    return new UserError(
      `Expected finite numbers from ${model}, found NaN or infinite ones for all ${refused.length} images of ${root}. Check its weights, and --mean and --scale.`,
    )
  }
  const [first] = refused
  const example = first ? ` ${first.path}: ${first.reason}` : ''
  return new UserError(`Expected at least one usable image in ${root}, found that all ${refused.length} had to be refused.${example}`)
}
