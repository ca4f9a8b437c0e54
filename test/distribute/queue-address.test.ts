import { describe, expect, it } from 'vitest'
import { parseQueueAddress } from '../../src/distribute/queue-address.js'
import { expectUsageError } from '../helpers/thrown.js'

const rule = 'Expected --queue to be the address of a Redis, redis://host:6379 or rediss://host:6379 (with TLS)'

describe('parseQueueAddress', () => {
  it.each([
    ['localhost:6379', `${rule}, got "localhost:6379".`],
    ['', `${rule}, got "".`],
    ['http://host:6379', `${rule}, got "http://host:6379".`],
    ['redis://', `${rule}, got "redis://".`],
    ['redis://host/name', `${rule}, with a number behind the host or nothing, got "redis://host/name".`],
    [
      'redis://me:secret@host:6379/1',
      'Expected --queue to be without a user and a password, since others can read command lines, got "redis://…@host:6379/1". Set REDIS_PASSWORD, and REDIS_USERNAME where the Redis has users.',
    ],
  ])('refuses %s', async (given, message) => {
    await expectUsageError(() => parseQueueAddress(given, {}), message)
  })

  it('takes credentials from the environment alone', () => {
    const found = parseQueueAddress('rediss://host:6380/2', { REDIS_USERNAME: 'me', REDIS_PASSWORD: 'secret' })
    expect(found).toEqual({ url: 'rediss://host:6380/2', username: 'me', password: 'secret' })
    expect(parseQueueAddress('redis://host', {})).toEqual({ url: 'redis://host', username: undefined, password: undefined })
  })
})
