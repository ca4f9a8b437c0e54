import { int } from '../attributes.js'
import type { Call } from './rule.js'

interface Scattered {
  readonly x: string
  /** Places in x as one row, of any shape. */
  readonly places: string
  /** As many numbers as places. */
  readonly values: string
}

/** A tensor like x with the values added at their places, zeros elsewhere. */
export function scattered({ write }: Call, { x, places, values }: Scattered): string {
  const row = write.integers(-1)
  const zeros = write.op('ConstantOfShape', [write.op('Reshape', [write.op('Size', [x]), row])])
  const parts = [places, values].map((tensor) => write.op('Reshape', [tensor, row]))
  const sum = write.op('ScatterElements', [zeros, ...parts], { axis: int(0), reduction: { kind: 'string', value: 'add' } })
  return write.op('Reshape', [sum, write.op('Shape', [x])])
}
