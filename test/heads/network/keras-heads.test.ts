import { describe, expect, it } from 'vitest'
import { softmaxLoss } from '../../../src/heads/losses/softmax-loss.js'
import { parseHead } from '../../../src/heads/network/head-spec.js'
import { Network } from '../../../src/heads/network/network.js'
import type { OptimizerSettings } from '../../../src/heads/optimizers/index.js'
import reference from '../../fixtures/keras-heads.json' with { type: 'json' }
import { expectClose } from '../../helpers/expect-close.js'
import { referenceKernel, tallCodes } from '../reference-codes.js'
import { windowOf } from './window-of.js'

const heads: Readonly<Record<string, string>> = {
  softmax: 'softmax',
  dense: 'dense:32:relu,softmax',
  'bn-dense': 'bn,dense:32:relu,bn,softmax',
}

/** Optimizer and rate of each run of make_heads.py. */
const settings: Readonly<Record<string, readonly [OptimizerSettings, number]>> = {
  sgd: [{ name: 'sgd' }, 0.1],
  'sgd-momentum': [{ name: 'momentum' }, 0.05],
  'sgd-nesterov': [{ name: 'nesterov' }, 0.05],
  rmsprop: [{ name: 'rmsprop' }, 0.001],
  adam: [{ name: 'adam' }, 0.001],
  adamw: [{ name: 'adamw', weightDecay: 0.01 }, 0.001],
  adadelta: [{ name: 'adadelta' }, 1],
  adagrad: [{ name: 'adagrad' }, 0.01],
}

const { codes, labels, classes } = tallCodes()
const all = Int32Array.from({ length: codes.rows }, (_, i) => i)

/** Three epochs of batches of 32 in their order. */
async function train(head: string, [optimizer, rate]: readonly [OptimizerSettings, number], threads: number) {
  const spec = parseHead(heads[head] ?? '')
  const network = await Network.create({ layers: spec.layers, inputs: 64, outputs: classes, optimizer, seed: 0, threads })
  try {
    await startAsKeras(network)
    await network.load('train', windowOf(codes))
    const loss = softmaxLoss({ labels: Int32Array.from(labels), classes })
    const history = []
    const batches = Array.from({ length: codes.rows / 32 }, (_, at) => ({ rows: all.slice(32 * at, 32 * at + 32), key: at }))
    for (let epoch = 0; epoch < 3; epoch++) {
      const sums = { loss: 0, right: 0 }
      for (const [at, batch] of batches.entries()) {
        const take = (logits: Parameters<typeof loss.take>[0]) => {
          const met = loss.take(logits, batch.rows)
          sums.loss += met.loss
          sums.right += met.right
        }
        await network.step(batch, take, {
          settings: [{ rate, l1: 0, l2: 0 }],
          number: epoch * batches.length + at + 1,
          next: batches[at + 1],
        })
      }
      history.push({ loss: sums.loss / codes.rows, accuracy: sums.right / codes.rows })
    }
    const end = loss.take(await network.logits('train', all), all)
    return { history, evaluate: [end.loss / codes.rows, end.right / codes.rows], layers: await network.saved() }
  } finally {
    await network.close()
  }
}

async function startAsKeras(network: Network): Promise<void> {
  const state = new Map(await network.state())
  const kernels = [...state.keys()].filter((name) => name.endsWith('kernel'))
  for (const [k, name] of kernels.entries()) {
    const inputs = k === 0 ? 64 : 32
    const units = (state.get(name)?.length ?? 0) / inputs
    state.set(name, referenceKernel(k, inputs, units))
  }
  await network.restore(state)
}

/** Weights in Keras' order of layers: a norm's gamma, beta, mean, variance; a kernel, its bias. */
const firstValues = (layers: Awaited<ReturnType<typeof train>>['layers']) =>
  layers.flatMap(({ tensors }) => Object.values(tensors).map(({ data }) => [...data.slice(0, 8)]))

describe.each([1, 2])('Network on %i threads', (threads) => {
  it.each(reference.runs)('trains $head with $optimizer as Keras does', async ({ head, optimizer, loss, accuracy, evaluate, weights }) => {
    const trained = await train(head, settings[optimizer] ?? [{ name: 'sgd' }, 0], threads)
    expectClose(
      trained.history.map((epoch) => epoch.loss),
      loss,
      { relative: 1e-4 },
    )
    expectClose(
      trained.history.map((epoch) => epoch.accuracy),
      accuracy,
      { absolute: 2 / codes.rows },
    )
    expectClose(trained.evaluate.slice(0, 1), evaluate.slice(0, 1), { relative: 1e-4 })
    expect(trained.evaluate[1]).toBeCloseTo(evaluate[1] ?? 0, 2)
    const found = firstValues(trained.layers)
    expect(found).toHaveLength(weights.length)
    for (const [at, { first }] of weights.entries()) expectClose(found[at] ?? [], first, { absolute: 2e-4, relative: 1e-3 })
  })
})
