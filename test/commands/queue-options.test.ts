import { describe, it } from 'vitest'
import { checkQueueOptions } from '../../src/commands/queue-options.js'
import { expectUsageError } from '../helpers/thrown.js'

const none = { detach: false, status: false, plan: false, watch: false }
const queue = 'redis://host:6379'

describe('checkQueueOptions', () => {
  it.each([
    [{ detach: true }, 'Expected --detach to be given with --queue, the address of a Redis, got true.'],
    [{ status: true }, 'Expected --status to be given with --queue, the address of a Redis, got true.'],
    [{ shared: 'x' }, 'Expected --shared to be given with --queue, the address of a Redis, got true.'],
    [{ lease: 5 }, 'Expected --lease to be given with --queue, the address of a Redis, got true.'],
    [{ patience: 5 }, 'Expected --patience to be given with --queue, the address of a Redis, got true.'],
    [{ queue, plan: true }, 'Expected --plan to be given without --queue, got true. Leave out one of them.'],
    [{ queue, watch: true }, 'Expected --watch to be given without --queue, got true. Run codes --queue again when there are new images.'],
    [{ queue, workers: 2 }, 'Expected --workers to be given to npm run worker, not with --queue, got 2.'],
    [{ queue, batch: 2 }, 'Expected --batch to be given to npm run worker, not with --queue, got 2.'],
    [{ queue, detach: true, status: true }, 'Expected --status to be given without --detach, got true. Leave out one of them.'],
  ])('refuses %j', async (given, message) => {
    await expectUsageError(() => checkQueueOptions({ ...none, ...given }), message)
  })

  it('takes what goes together', () => {
    checkQueueOptions(none)
    checkQueueOptions({ ...none, workers: 2, plan: true })
    checkQueueOptions({ ...none, queue, shared: 'x', lease: 5, patience: 60, detach: true })
  })
})
