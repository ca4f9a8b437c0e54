import { freemem, totalmem } from 'node:os'

/**
 * Bytes that codes, matrices and a solver's vectors may take; the program itself takes about 0.2 GB beside.
 *
 * Without a limit half of the machine's memory (of the container's, where that is less): the rest is for the system's cache of the
 * files, from which codes are read again in every pass. Where less is free it is halved until four fifths of what is free hold it:
 * a few fixed values, since the windows of mini-batches, and with them a training's numbers, depend on it.
 */
export function memoryBudget(limit?: number, { total, free }: MachineMemory = machineMemory()): number {
  if (limit !== undefined) return limit
  let budget = total / 2
  while (budget > 0.8 * free && budget > total / 64) budget /= 2
  return Math.floor(budget)
}

export interface MachineMemory {
  /** Bytes there are. */
  readonly total: number
  /** Bytes nobody uses, but for files that are cached. */
  readonly free: number
}

function machineMemory(): MachineMemory {
  // 0 or an absurd number where there is no limit.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  const total = Math.min(totalmem(), limit)
  return { total, free: Math.min(freemem(), total - process.memoryUsage.rss()) }
}
