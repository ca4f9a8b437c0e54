import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isCut } from '../../src/images/is-cut.js'

const image = () => sharp({ create: { width: 9, height: 7, channels: 3, background: '#a1b2c3' } })

describe('isCut', () => {
  it.each(['jpeg', 'png', 'gif', 'webp'] as const)('tells a whole %s from one without its last bytes', async (format) => {
    const whole = await image().toFormat(format).toBuffer()
    expect(isCut(whole, format)).toBe(false)
    expect(isCut(whole.subarray(0, whole.length - 8), format)).toBe(true)
  })

  it.each(['jpeg', 'gif'] as const)('passes over zeros behind a %s', async (format) => {
    const whole = await image().toFormat(format).toBuffer()
    expect(isCut(Buffer.concat([whole, Buffer.alloc(100)]), format)).toBe(false)
  })
})
