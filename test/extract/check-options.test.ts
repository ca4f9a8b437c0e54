import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../src/extract/check-options.js'

describe('checkOptions', () => {
  // Callers without types: JSON as it comes from elsewhere.
  it.each([
    ['{"decoders":["quick"]}', 'Expected decoders to be exact or fast, got "quick".'],
    ['{"alpha":"black"}', 'Expected alpha to be white or drop, got "black".'],
    ['{"truncated":true}', 'Expected truncated to be reject or accept, got true.'],
    ['{"exif":"no"}', 'Expected exif to be true or false, got "no".'],
    ['{"dtype":"float64"}', 'Expected dtype to be float16 or float32, got "float64".'],
    ['{"precisions":["int4"]}', 'Expected precisions to be float32 or int8, got "int4".'],
    ['{"batch":0}', 'Expected batch to be a whole number above 0, got 0.'],
    ['{"batch":2048}', 'Expected --batch to be at most 1024, got 2048.'],
    ['{"workers":100000}', ', 4 for each core, got 100000.'],
    ['{"size":4096}', 'Expected --size to be at most 2048, got 4096.'],
  ])('refuses %s', (json, message) => expect(() => checkOptions(JSON.parse(json))).toThrow(message))

  it('takes what is known', () => {
    const options = {
      decoders: ['exact'],
      alpha: 'drop',
      truncated: 'accept',
      exif: false,
      dtype: 'float32',
      precisions: ['int8'],
    } as const
    expect(checkOptions(options)).toBe(options)
  })
})
