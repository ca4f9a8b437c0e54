import { UserError } from '../../base/errors.js'
import { type ActivationName, activationNames } from '../layers/activations.js'
import { presets } from './presets.js'

/** One layer of `--head`, checked. */
export type LayerSpec =
  | { readonly type: 'dense'; readonly units: number }
  | { readonly type: 'bn'; readonly momentum: number; readonly epsilon: number }
  | { readonly type: 'dropout'; readonly rate: number }
  | { readonly type: 'activation'; readonly name: ActivationName }

/** A head as it was asked for. */
export interface HeadSpec {
  /** As it was written, be it a preset's name. */
  readonly text: string
  /** View of the codes that it begins with; undefined: whatever --pool says. */
  readonly pool: 'none' | 'avg' | 'max' | 'concat' | undefined
  /** Before the outputs: the last dense layer, with a unit for each output, is not among them. */
  readonly layers: readonly LayerSpec[]
  /** One class of many, or each class for itself. */
  readonly output: 'softmax' | 'sigmoid'
}

const views = { flatten: 'none', avgpool: 'avg', maxpool: 'max', concatpool: 'concat' } as const
const outputs = ['softmax', 'sigmoid'] as const
const inside = `dense:UNITS[:ACTIVATION], bn[:MOMENTUM[:EPSILON]], dropout:RATE or an activation (${activationNames.join(', ')})`

interface Word {
  readonly text: string
  /** Of its first character in the head, from 1. */
  readonly position: number
}

/**
 * Reads a head: layers such as "bn,dropout:0.5,dense:512:relu,softmax", or a preset's name.
 *
 * @throws UserError with the position of what is not understood, and what may stand there.
 */
export function parseHead(text: string): HeadSpec {
  const parser = new HeadParser(text)
  const words = wordsOf(presets.get(text) ?? text)
  const first = words[0]?.text ?? ''
  const last = words.at(-1) ?? { text: '', position: 1 }
  const output = outputs.find((name) => name === last.text)
  if (!output) throw parser.error(last, 'softmax or sigmoid as the last layer')
  const pool = isView(first) ? views[first] : undefined
  const layers = words.slice(pool ? 1 : 0, -1).flatMap((word) => parser.layers(word))
  return { text, pool, layers, output }
}

function isView(word: string): word is keyof typeof views {
  return Object.hasOwn(views, word)
}

/** The head's layers with their places; blanks around commas do not count. */
function wordsOf(text: string): Word[] {
  let at = 0
  return text.split(',').map((part) => {
    const position = at + (part.length - part.trimStart().length) + 1
    at += part.length + 1
    return { text: part.trim(), position }
  })
}

class HeadParser {
  readonly #head: string

  constructor(head: string) {
    this.#head = head
  }

  error({ text, position }: Word, expected: string): UserError {
    const names = [...presets.keys()].join(', ')
    return new UserError(
      `Expected ${expected} at position ${position} of --head "${this.#head}", got "${text}". A head is a list such as "bn,dropout:0.5,dense:512:relu,softmax" or one of ${names}.`,
      2,
    )
  }

  /** A dense layer with an activation is two. */
  layers(word: Word): LayerSpec[] {
    const [type = '', ...given] = word.text.split(':')
    const most = { dense: 2, bn: 2, dropout: 1 }[type] ?? 0
    if (given.length > most) throw this.error(word, most === 0 ? inside : `at most ${most} value${most === 1 ? '' : 's'} behind "${type}"`)
    if (type === 'dense') return this.#dense(word, given)
    if (type === 'bn') return [this.#batchNorm(word, given)]
    if (type === 'dropout') return [{ type, rate: this.#number(word, given[0], 'a rate from 0 to below 1 behind "dropout:"') }]
    const name = activationNamed(type)
    if (!name) throw this.error(word, isView(type) ? `"${type}" in front only, and here ${inside}` : inside)
    return [{ type: 'activation', name }]
  }

  #dense(word: Word, [units = '', activation]: readonly string[]): LayerSpec[] {
    const count = Number(units)
    if (!Number.isSafeInteger(count) || count < 1 || units.trim() === '') throw this.error(word, 'a whole number of units behind "dense:"')
    if (activation === undefined) return [{ type: 'dense', units: count }]
    const name = activationNamed(activation)
    if (!name) throw this.error(word, `an activation (${activationNames.join(', ')}) behind "dense:${units}:"`)
    return [
      { type: 'dense', units: count },
      { type: 'activation', name },
    ]
  }

  #batchNorm(word: Word, [momentum = '0.99', epsilon = '0.001']: readonly string[]): LayerSpec {
    const rule = 'a momentum from 0 to below 1, and an epsilon above 0 and below 1, behind "bn:"'
    const numbers = { momentum: this.#number(word, momentum, rule), epsilon: this.#number(word, epsilon, rule) }
    if (numbers.epsilon === 0) throw this.error(word, rule)
    return { type: 'bn', ...numbers }
  }

  /** From 0 to below 1. */
  #number(word: Word, text = '', rule: string): number {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0 && value < 1)) throw this.error(word, rule)
    return value
  }
}

function activationNamed(text: string): ActivationName | undefined {
  return activationNames.find((name) => name === text)
}
