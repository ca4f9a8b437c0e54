import { describe, expect, it } from 'vitest'
import { expectClose } from '../../helpers/expect-close.js'
import { kerasRuns, repeatRun } from '../../helpers/fine-tuning.js'

const ways = ['block5_conv2', 'block5_conv1', 'mixed9', 'conv5_block2_out', 'conv_pw_12_relu']

describe('fine-tuning as Keras does it', () => {
  it.each(kerasRuns.map((run, at) => [run.model, ways[at] ?? '', run] as const))(
    '%s from %s',
    { timeout: 60_000 },
    async (_, from, run) => {
      const found = await repeatRun(run, from)
      expectClose(found.loss, run.loss, { relative: 1e-4 })
      const names = Object.keys(run.grad_norm_each)
      expect(Object.keys(found.grad_norm_each).sort()).toEqual(names.toSorted())
      expectClose(
        names.map((name) => found.grad_norm_each[name] ?? Number.NaN),
        names.map((name) => run.grad_norm_each[name] ?? 0),
        { relative: 1e-4 },
      )
    },
  )
})
