import { usageError } from '../base/errors.js'
import { positiveInteger } from './option-values.js'

/** Options of `codes` where workers do the work. */
export const queueOptions = {
  queue: {
    type: 'string',
    requiresArg: true,
    describe: 'Have workers code the images: the Redis through which they are reached, redis://host:6379; see docs/workers.md',
  },
  shared: {
    type: 'string',
    requiresArg: true,
    describe: 'Where workers put codes: a folder that all machines see, or s3://bucket/prefix [default: the cache folder]',
  },
  lease: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('lease'),
    describe: 'Images that a worker takes at a time [default: 256]',
  },
  patience: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('patience'),
    describe: 'Seconds without a sign of life after which a worker loses its leases [default: 30]',
  },
  detach: {
    type: 'boolean',
    default: false,
    describe: 'Hand everything to the workers and go; the same command without it enters the codes',
  },
  status: { type: 'boolean', default: false, describe: 'Say what is in the queue and who works on it; changes nothing' },
} as const

interface QueueArguments {
  readonly queue?: string | undefined
  readonly shared?: string | undefined
  readonly lease?: number | undefined
  readonly patience?: number | undefined
  readonly detach: boolean
  readonly status: boolean
  readonly plan: boolean
  readonly watch: boolean
  readonly workers?: number | undefined
  readonly batch?: number | undefined
}

/** Refuses what makes no sense together. */
export function checkQueueOptions({ queue, shared, lease, patience, detach, status, ...other }: QueueArguments): void {
  const needing = { shared, lease, patience, detach: detach || undefined, status: status || undefined }
  const [alone] = Object.entries(needing).flatMap(([name, value]) => (value === undefined ? [] : `--${name}`))
  if (queue === undefined && alone !== undefined) throw usageError(alone, 'given with --queue, the address of a Redis', true)
  if (queue === undefined) return
  if (other.plan) throw usageError('--plan', 'given without --queue', true, 'Leave out one of them.')
  if (other.watch) throw usageError('--watch', 'given without --queue', true, 'Run codes --queue again when there are new images.')
  if (other.workers !== undefined) throw usageError('--workers', 'given to npm run worker, not with --queue', other.workers)
  if (other.batch !== undefined) throw usageError('--batch', 'given to npm run worker, not with --queue', other.batch)
  if (detach && status) throw usageError('--status', 'given without --detach', true, 'Leave out one of them.')
}
