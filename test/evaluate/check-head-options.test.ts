import { describe, expect, it } from 'vitest'
import { checkHeadOptions } from '../../src/evaluate/check-head-options.js'
import type { HeadOptions } from '../../src/evaluate/head-options.js'
import { resolveSolver } from '../../src/evaluate/head-trainers.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'

const layered = 'dense:8:relu,softmax'
const exactly = (name: string, got: unknown) =>
  `Expected ${name} to be left out with --solver lbfgs, which has no mini-batches, got ${got}. Or choose --solver adam.`

const refused: [HeadOptions, string][] = [
  [{ head: 'fastai', pool: 'avg' }, 'Expected --pool to be left out or "concat", with which the head "fastai" begins, got "avg".'],
  [
    { head: layered, solver: 'lbfgs' },
    `Expected an optimizer such as --solver adam for --head "${layered}", got --solver lbfgs, which trains softmax or sigmoid alone. Leave out one of the two.`,
  ],
  [{ solver: 'lbfgs', epochs: 5 }, exactly('--epochs', 5)],
  [{ solver: 'lbfgs', batch: 8 }, exactly('--batch', 8)],
  [{ solver: 'lbfgs', lr: 0.1 }, exactly('--lr', 0.1)],
  [{ solver: 'lbfgs', schedule: 'cosine' }, exactly('--schedule', '"cosine"')],
  [{ solver: 'lbfgs', l1: 0 }, exactly('--l1', 0)],
  [{ solver: 'lbfgs', clipNorm: 1 }, exactly('--clip-norm', 1)],
  [{ solver: 'lbfgs', weightDecay: 0.1 }, exactly('--weight-decay', 0.1)],
  [{ solver: 'lbfgs', focal: 2 }, exactly('--focal', 2)],
  [{ solver: 'lbfgs', monitor: 'loss' }, exactly('--monitor', '"loss"')],
  [{ solver: 'lbfgs', patience: 3 }, exactly('--patience', 3)],
  [{ validation: '0' }, 'Expected --validation to be above 0 where the L2 is chosen on it, got "0". Or give the L2 with --l2.'],
  [
    { solver: 'adam', weightDecay: 0.1 },
    `Expected --weight-decay to be left out with --solver adam: it is adamw's, got 0.1. For a penalty give --l2.`,
  ],
  [{ solver: 'sgd', epochs: 0 }, 'Expected --epochs to be a whole number above 0, got 0.'],
  [{ solver: 'sgd', batch: 1.5 }, 'Expected --batch to be a whole number above 0, got 1.5.'],
  [{ solver: 'sgd', patience: Number.NaN }, 'Expected --patience to be a whole number above 0, got NaN.'],
  [
    { solver: 'adam', monitor: 'val-accuracy', validation: '0' },
    'Expected --monitor to be loss or accuracy without images to validate on, got "val-accuracy".',
  ],
  [
    { solver: 'adam', patience: 3, validation: '0.0' },
    'Expected --patience to be left out without images to validate on, which leaves nothing to watch, got 3. Or give --monitor loss.',
  ],
]

describe('checkHeadOptions', () => {
  it.each(refused)('refuses %j', async (options, message) => {
    await expectUsageError(() => checkHeadOptions(options), message)
  })

  it('refuses to choose where the data set leaves no images to validate on, whatever share is asked for', async () => {
    expect(await userErrorOf(() => checkHeadOptions({}, false))).toMatchObject({
      exitCode: 2,
      message:
        "Expected images to validate on, by which the L2 is chosen, found none: classes are too small for --validation 0.1, or the data set's own folders leave none. Give the L2 with --l2.",
    })
    expect(checkHeadOptions({ validation: '0' }, true)).toBeUndefined()
  })

  it.each<HeadOptions>([
    {},
    { l2: 0.1, validation: '0' },
    { head: 'avgpool,softmax', solver: 'lbfgs', pool: 'avg' },
    {
      head: layered,
      epochs: 5,
      batch: 8,
      lr: 1,
      schedule: 'plateau',
      l1: 0.1,
      l2: 0.1,
      clipNorm: 1,
      focal: 2,
      monitor: 'val-loss',
      patience: 3,
    },
    { solver: 'adamw', weightDecay: 0 },
    { solver: 'adam', validation: '0' },
    { solver: 'adam', validation: '0', monitor: 'loss', patience: 3 },
  ])('takes %j', (options) => {
    expect(checkHeadOptions(options)).toBeUndefined()
  })

  it.each<[HeadOptions, number]>([
    [{ solver: 'adadelta' }, 1],
    [{ solver: 'adadelta', lr: 1 }, 0],
    [{ solver: 'adagrad' }, 0],
  ])('notes that Adadelta hardly moves by itself: %j', (options, count) => {
    const notes: string[] = []
    checkHeadOptions({ ...options, onNote: (text) => notes.push(text) })
    const note = 'Adadelta at its default rate in Keras 3, 0.001, hardly moves; published experiments mostly have --lr 1.'
    expect(notes).toEqual(Array(count).fill(note))
  })
})

describe('resolveSolver', () => {
  it.each<[HeadOptions, string]>([
    [{}, 'lbfgs'],
    [{ solver: 'auto', head: 'avgpool,softmax', l2: 0.1 }, 'lbfgs'],
    [{ head: layered }, 'adam'],
    [{ head: 'keras-resnet' }, 'adam'],
    [{ epochs: 3 }, 'adam'],
    [{ schedule: 'cosine' }, 'adam'],
    [{ clipNorm: 1 }, 'adam'],
    [{ monitor: 'loss' }, 'adam'],
    [{ patience: 3 }, 'adam'],
    [{ weightDecay: 0.1 }, 'adamw'],
    [{ solver: 'sgd', epochs: 3 }, 'sgd'],
    [{ solver: 'lbfgs', head: layered }, 'lbfgs'],
  ])('%j: %s', (options, solver) => {
    expect(resolveSolver(options)).toBe(solver)
  })
})
