import { usageError } from '../base/errors.js'
import { parseHead } from '../heads/network/head-spec.js'
import { Network, weightBytes } from '../heads/network/network.js'
import { scoreOf } from '../heads/network/run-epoch.js'
import { type GridTrial, trainGrid } from '../heads/network/train-grid.js'
import { defaultRate, type OptimizerName } from '../heads/optimizers/index.js'
import type { Setting } from '../heads/optimizers/optimizer.js'
import { openCodeSources } from './code-sources.js'
import { batchDefaults, type HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { lossOf } from './loss-of.js'
import { networkParts } from './train-layers.js'
import type { HeadJob, HistoryEntry, TrainedHead } from './trained-head.js'

/** Trains a linear head for every setting of a grid in one pass; the best setting's weights after its best epoch stay. */
export async function trainGridHead(name: OptimizerName, { data, parts, options }: HeadJob): Promise<TrainedHead> {
  const { epochs = batchDefaults.epochs, batch = batchDefaults.batch, schedule = batchDefaults.schedule } = options
  const { head = 'softmax', seed = 0, onProgress } = options
  const spec = parseHead(head)
  checkGrid(options, { isLinear: spec.layers.length === 0, validation: parts.validation.length })
  const loss = lossOf(spec, parts, options)
  const settings = settingsOf(name, options)
  const { memory } = options
  const sources = openCodeSources(data, { pool: headPool(options), memory, seed, batch }, (inputs) =>
    weightBytes({ layers: [], inputs, outputs: 4 * Math.ceil(loss.outputs / 4) * settings.length }),
  )
  const [train, validation] = [sources.train(parts.train), sources.held(parts.validation)]
  const network = { inputs: sources.length, optimizer: { name, weightDecay: options.weightDecay }, seed }
  const grid = await trainGrid({
    ...{ network, settings, train, validation, loss, epochs, batch, schedule, seed },
    onEpoch: (epoch) => onProgress?.(`epoch ${epoch} of ${epochs}, ${settings.length} settings`, epoch / epochs),
  })
  const best = await Network.create({ ...network, layers: [], outputs: loss.outputs })
  await best.restore(
    new Map([
      ['stem.0.kernel', grid.kernel],
      ['rest.0.bias', grid.bias],
    ]),
  )
  const score = await scoreOf(best, train, loss).catch(async (error: unknown) => {
    await best.close()
    throw error
  })
  const chosen = grid.trials[grid.best]
  return {
    samples: parts.train,
    epochs: epochs * settings.length,
    history: grid.trials.flatMap(entryOf),
    accuracy: { train: score.accuracy, validation: chosen?.valAccuracy ?? null },
    chosen: chosen ? { lr: chosen.rate, l2: chosen.l2, grid: undefined } : {},
    space: 'weight',
    ...networkParts(best, { spec, sources, classes: parts.classes.length, outputs: loss.outputs }),
  }
}

/** Every pair of a learning rate and an L2. */
function settingsOf(name: OptimizerName, { grid = {}, lr = defaultRate(name), l2 = 0, l1 = 0 }: HeadOptions): Setting[] {
  const penalties = grid.l2 ?? [l2]
  return (grid.lr ?? [lr]).flatMap((rate) => penalties.map((penalty) => ({ rate, l2: penalty, l1 })))
}

function checkGrid(
  { grid, head, lr, l2, clipNorm, monitor, patience }: HeadOptions,
  { isLinear, validation }: { isLinear: boolean; validation: number },
): void {
  const tells = Object.keys(grid ?? {}).join(', ')
  if (!isLinear)
    throw usageError('--grid', 'given with a linear head', head, 'Its settings share one layer: use --head softmax or sigmoid.')
  if (validation === 0) throw usageError('--validation', 'above 0 where a grid is chosen from on it', 0)
  const twice = grid?.lr && lr !== undefined ? '--lr' : grid?.l2 && l2 !== undefined ? '--l2' : undefined
  if (twice) throw usageError(twice, `left out where --grid gives its values (${tells})`, twice === '--lr' ? lr : l2)
  const other =
    clipNorm !== undefined ? '--clip-norm' : monitor !== undefined ? '--monitor' : patience !== undefined ? '--patience' : undefined
  if (other) throw usageError(other, 'left out with --grid, whose settings share their steps', clipNorm ?? monitor ?? patience)
}

function entryOf({ epoch, loss, accuracy, valLoss, valAccuracy, l2, rate }: GridTrial): HistoryEntry[] {
  return loss === null || accuracy === null ? [] : [{ epoch, l2, rate, loss, accuracy, valLoss, valAccuracy }]
}
