import { describe, expect, it } from 'vitest'
import { activationNames } from '../../../src/heads/layers/activations.js'
import { type LayerSpec, parseHead } from '../../../src/heads/network/head-spec.js'
import { presets } from '../../../src/heads/network/presets.js'
import { expectUsageError } from '../../helpers/thrown.js'

const dense = (units: number): LayerSpec => ({ type: 'dense', units })
const bn = (momentum = 0.99, epsilon = 0.001): LayerSpec => ({ type: 'bn', momentum, epsilon })
const dropout = (rate: number): LayerSpec => ({ type: 'dropout', rate })
const relu: LayerSpec = { type: 'activation', name: 'relu' }

const inside = 'dense:UNITS[:ACTIVATION], bn[:MOMENTUM[:EPSILON]], dropout:RATE or an activation (relu, relu6, leaky-relu, elu, gelu, silu)'
const batchNormRule = 'a momentum from 0 to below 1, and an epsilon above 0 and below 1, behind "bn:"'
const rateRule = 'a rate from 0 to below 1 behind "dropout:"'
const unitsRule = 'a whole number of units behind "dense:"'
const lastRule = 'softmax or sigmoid as the last layer'

describe('parseHead, refusals', () => {
  it.each([
    ['', lastRule, 1, ''],
    ['dense:8', lastRule, 1, 'dense:8'],
    ['resnet', lastRule, 1, 'resnet'],
    ['flatten', lastRule, 1, 'flatten'],
    ['bn, dense:8:relu', lastRule, 5, 'dense:8:relu'],
    ['softmax,', lastRule, 9, ''],
    ['bn,softmax:2', lastRule, 4, 'softmax:2'],
    [',softmax', inside, 1, ''],
    ['bn,,softmax', inside, 4, ''],
    ['bn, tanh ,softmax', inside, 5, 'tanh'],
    ['softmax,softmax', inside, 1, 'softmax'],
    ['fastai,softmax', inside, 1, 'fastai'],
    ['relu:1,softmax', inside, 1, 'relu:1'],
    ['flatten:2,softmax', inside, 1, 'flatten:2'],
    ['constructor:1,softmax', inside, 1, 'constructor:1'],
    ['Dense:8,softmax', inside, 1, 'Dense:8'],
    ['bn,avgpool,softmax', `"avgpool" in front only, and here ${inside}`, 4, 'avgpool'],
    ['dense,softmax', unitsRule, 1, 'dense'],
    ['dense:,softmax', unitsRule, 1, 'dense:'],
    ['dense:0,softmax', unitsRule, 1, 'dense:0'],
    ['relu,dense:1.5,softmax', unitsRule, 6, 'dense:1.5'],
    ['dense:many,softmax', unitsRule, 1, 'dense:many'],
    ['dense:8:tanh,softmax', 'an activation (relu, relu6, leaky-relu, elu, gelu, silu) behind "dense:8:"', 1, 'dense:8:tanh'],
    ['dense:8:relu:2,softmax', 'at most 2 values behind "dense"', 1, 'dense:8:relu:2'],
    ['bn:1,softmax', batchNormRule, 1, 'bn:1'],
    ['bn:0.9:0,softmax', batchNormRule, 1, 'bn:0.9:0'],
    ['bn::0.1,softmax', batchNormRule, 1, 'bn::0.1'],
    ['bn:0.9:0.1:2,softmax', 'at most 2 values behind "bn"', 1, 'bn:0.9:0.1:2'],
    ['dropout,softmax', rateRule, 1, 'dropout'],
    ['dropout:1,softmax', rateRule, 1, 'dropout:1'],
    ['dropout:-0.1,softmax', rateRule, 1, 'dropout:-0.1'],
    ['dropout:half,softmax', rateRule, 1, 'dropout:half'],
    ['dropout:0.5:2,softmax', 'at most 1 value behind "dropout"', 1, 'dropout:0.5:2'],
  ])('"%s"', async (head, expected, position, got) => {
    const list = 'A head is a list such as "bn,dropout:0.5,dense:512:relu,softmax" or one of dense, keras-resnet, food, fastai.'
    await expectUsageError(() => parseHead(head), `Expected ${expected} at position ${position} of --head "${head}", got "${got}". ${list}`)
  })
})

describe('parseHead', () => {
  it.each([
    ['softmax', undefined, [], 'softmax'],
    ['sigmoid', undefined, [], 'sigmoid'],
    ['flatten,softmax', 'none', [], 'softmax'],
    ['avgpool,softmax', 'avg', [], 'softmax'],
    ['maxpool,softmax', 'max', [], 'softmax'],
    ['concatpool,sigmoid', 'concat', [], 'sigmoid'],
    ['dense:8,softmax', undefined, [dense(8)], 'softmax'],
    ['dense:8:relu,softmax', undefined, [dense(8), relu], 'softmax'],
    ['bn,bn:0.9,bn:0.5:1e-5,softmax', undefined, [bn(), bn(0.9), bn(0.5, 1e-5)], 'softmax'],
    ['dropout:0,dropout:0.25,softmax', undefined, [dropout(0), dropout(0.25)], 'softmax'],
    ['  bn , dense:8 ,\trelu,softmax ', undefined, [bn(), dense(8), relu], 'softmax'],
    [`${activationNames},softmax`, undefined, activationNames.map((name) => ({ type: 'activation', name })), 'softmax'],
    ['dense', 'avg', [dense(1024), relu], 'softmax'],
    ['keras-resnet', 'avg', [bn(), dropout(0.5), dense(512), relu, bn(), dropout(0.5)], 'softmax'],
    ['food', 'none', [dense(4096), relu, dense(1072), relu, dropout(0.2)], 'softmax'],
    ['fastai', 'concat', [bn(0.9, 1e-5), dropout(0.25), dense(512), relu, bn(0.9, 1e-5), dropout(0.5)], 'softmax'],
  ])('"%s"', (text, pool, layers, output) => {
    expect(parseHead(text)).toEqual({ text, pool, layers, output })
  })

  it('has a row above for every preset', () => {
    expect([...presets.keys()]).toEqual(['dense', 'keras-resnet', 'food', 'fastai'])
  })
})
