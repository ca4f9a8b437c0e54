import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { Leases } from '../../src/cache/leases.js'
import { withLease } from '../../src/cache/with-lease.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

const exclusive = { work: 'calibration', on: hashOf('network') }

function holders() {
  const cache = tempFolder()
  openCatalog(cache).close()
  return [Leases.open(cache), Leases.open(cache)] as const
}

describe('withLease', () => {
  it('lets one do it at a time, and gives back what the action gave or threw', async () => {
    const [a, b] = holders()
    const told: string[] = []
    const work = (name: string) => async () => {
      told.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      told.push(`${name} ends`)
      if (name === 'a') throw new Error('of a')
      return name
    }
    const [first, second] = await Promise.allSettled([withLease(a, exclusive, work('a')), withLease(b, exclusive, work('b'))])
    expect(first).toMatchObject({ status: 'rejected', reason: new Error('of a') })
    expect(second).toEqual({ status: 'fulfilled', value: 'b' })
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
    a.close()
    b.close()
  })

  it('stops waiting when it is interrupted', async () => {
    const [a, b] = holders()
    a.take(exclusive.work, [exclusive.on])
    const signal = AbortSignal.abort()
    await expect(withLease(b, { ...exclusive, signal }, async () => 'never')).rejects.toBe(signal.reason)
    a.close()
    b.close()
  })
})
