import { usageError } from '../base/errors.js'

/** Values that are tried of each hyper-parameter: lr, l2 or both. */
export interface GridValues {
  readonly lr?: readonly number[] | undefined
  readonly l2?: readonly number[] | undefined
}

const rule = 'values to try such as "lr=0.001,0.01;l2=0,1e-4", of lr, l2 or both'

/** Reads `--grid`. */
export function parseGrid(text: string): GridValues {
  const parts = text.split(';').map((part) => partOf(part, text))
  const names = parts.map(([name]) => name)
  if (new Set(names).size < names.length) throw usageError('--grid', rule, text)
  return Object.fromEntries(parts)
}

function partOf(part: string, text: string): ['lr' | 'l2', number[]] {
  const [, name, list] = /^\s*(lr|l2)\s*=(.*)$/.exec(part) ?? []
  const values = (list ?? '').split(',').map((value) => (value.trim() === '' ? Number.NaN : Number(value)))
  const fits = name === 'lr' ? values.every((value) => value > 0) : values.every((value) => value >= 0)
  if ((name !== 'lr' && name !== 'l2') || !fits || !values.every(Number.isFinite)) throw usageError('--grid', rule, text)
  return [name, values]
}
