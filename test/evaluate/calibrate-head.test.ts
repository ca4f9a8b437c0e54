import { describe, expect, it } from 'vitest'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectUsageError } from '../helpers/thrown.js'

const counts = { ant: 60, bee: 60, cow: 60 }

describe('trainHead with calibrate', () => {
  it.each([
    ['without --solver knn, got "both". Its votes have a --temperature of their own.', { solver: 'knn' }],
    ['with a validation part, got "--validation 0".', { validation: '0', l2: 0.01 }],
  ] as const)('is refused but %s', async (message, options) => {
    const made = await codedDataSet({ counts, shape: [8] })
    await expectUsageError(() => trainHead({ ...made, ...options, calibrate: true }), `Expected --calibrate to be ${message}`)
  })

  it.each([
    [{ l2: 10 }, true],
    [{ solver: 'ridge' }, false],
    [{ head: 'softmax', solver: 'adam', epochs: 3, lr: 0.001 }, true],
  ] as const)('makes probabilities of %j that keep what they promise, and leaves the classes', async (options, hasError) => {
    const made = await codedDataSet({ counts, shape: [8], signal: 1 })
    const plain = await trainHead({ ...made, ...options })
    const result = await trainHead({ ...made, ...options, calibrate: true })
    expect(plain.calibration).toBeNull()
    expect(result.accuracy.test).toBe(plain.accuracy.test)
    const { images, loss, error } = result.calibration ?? expect.fail('not calibrated')
    expect(images).toBe(result.validation)
    expect(loss.after).toBeLessThanOrEqual(loss.before)
    expect(error.before === null).toBe(!hasError)
    expect(error.after).toBeLessThan(error.before ?? 0.2)
  })
})
