import { mend } from '../cache/mend.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { afterFailure } from './after-failure.js'
import type { CodeSession } from './code-session.js'
import { dataGone } from './data-gone.js'
import { finishRound, type Round } from './finish-round.js'
import { keepOutcome, triedPaths } from './keep-outcome.js'
import { selectFiles } from './select-files.js'
import { startStream } from './start-stream.js'
import { takeStock } from './take-stock.js'

/**
 * One round over a folder's images: computes the codes that are missing, on the session's threads, and enters what it found.
 *
 * @param started when the round began, by performance.now().
 * @throws UserError when the options take no image of the folder, the cache cannot be written, or it or the folder goes away.
 */
export async function extractRound(
  session: CodeSession,
  scanned: ScannedFolder,
  { started }: { readonly started: number },
): Promise<Round> {
  const { catalog, options } = session
  const targets = await session.targets(scanned)
  for (const { fingerprint } of targets) for (const note of mend(catalog, fingerprint)) options.onNote?.(note)
  const stock = takeStock(catalog, scanned, targets, options)
  const outcome = await startStream(session, stock, scanned)
  const failure = outcome.failure ?? (outcome.unreadable.length > 0 ? dataGone(scanned.root) : undefined)
  if (failure !== undefined) throw afterFailure(failure, catalog, stock, outcome)
  const crew = await session.runningCrew()
  const { files, quarantine } = keepOutcome(catalog, stock, outcome)
  const chosen = selectFiles(files, scanned, options)
  const tried = triedPaths(outcome)
  const finished = { stock, outcome, chosen, tried, quarantine, seconds: (performance.now() - started) / 1000 }
  return finishRound(session, scanned, { ...finished, on: targets.map((_, which) => crew?.on[which] ?? session.on) })
}
