import { setFlagsFromString } from 'node:v8'
import type { QueueCodesOptions, QueueCodesResult } from '../distribute/options.js'
import { detachedText, statusText } from './queue-text.js'
import type { ExitCode, Terminal } from './terminal.js'

interface Printing {
  readonly json: boolean
}

/** The slow stage by workers. Loaded where it is needed: no other command shall wait for what a queue takes. */
export async function throughQueue(options: QueueCodesOptions): Promise<QueueCodesResult> {
  // What is known of a million files lives long, and V8 would let four times as much garbage gather beside it before it looks: 0.8 GB
  // instead of 0.4, for 2 % of the time.
  setFlagsFromString('--heap-growing-percent=40')
  const { queueCodes } = await import('../distribute/queue-codes.js')
  return queueCodes(options)
}

/** Hands everything out and tells how it stands. */
export async function handOut(options: QueueCodesOptions & Printing, terminal: Terminal, stop: () => void): Promise<ExitCode> {
  const result = await throughQueue(options).finally(stop)
  const { run, leases, images, computed, cached, quarantined } = result
  terminal.print(options.json ? JSON.stringify({ run, leases, images, computed, cached, quarantined }) : detachedText(result))
  return options.signal?.aborted ? 130 : 0
}

/** Says how a queue stands. */
export async function showQueue(queue: string, { json }: Printing, terminal: Terminal): Promise<ExitCode> {
  const { queueStatus } = await import('../distribute/queue-status.js')
  const status = await queueStatus(queue)
  terminal.print(json ? JSON.stringify(status) : statusText(status))
  return 0
}
