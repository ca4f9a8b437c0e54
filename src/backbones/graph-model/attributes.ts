import { fieldsOf, itemsOf } from '../../base/json.js'
import type { Padding } from '../../graph/builder-window.js'
import { Unconvertible } from '../unconvertible.js'
import { type TfNode, titleOf } from './graph-def.js'

/** A number: TensorFlow.js writes whole ones as text. */
export function numberOf(node: TfNode, key: string, fallback: number): number {
  const { f, i } = fieldsOf(node.attributes[key])
  const given = f ?? i
  return given === undefined ? fallback : Number(given)
}

export function flagOf(node: TfNode, key: string): boolean {
  return fieldsOf(node.attributes[key]).b === true
}

export function numbersOf(node: TfNode, key: string): readonly number[] {
  return itemsOf(fieldsOf(fieldsOf(node.attributes[key]).list).i).map(Number)
}

export function textOf(node: TfNode, key: string, fallback: string): string {
  const { s } = fieldsOf(node.attributes[key])
  return s === undefined ? fallback : decoded(s)
}

export function textsOf(node: TfNode, key: string): readonly string[] {
  return itemsOf(fieldsOf(fieldsOf(node.attributes[key]).list).s).map(decoded)
}

/** Base64, or a list of bytes. */
function decoded(text: unknown): string {
  return (Array.isArray(text) ? Buffer.from(text) : Buffer.from(String(text), 'base64')).toString('latin1')
}

/** [height, width] of a list for [batch, height, width, channels]. */
export function sidesOf(node: TfNode, key: string): readonly [number, number] {
  const [batch = 1, height = 1, width = 1, channels = 1] = numbersOf(node, key)
  const fits = batch === 1 && channels === 1 && [height, width].every((side) => Number.isInteger(side) && side > 0)
  if (fits) return [height, width]
  throw new Unconvertible(`${titleOf(node)} with ${key} ${JSON.stringify(numbersOf(node, key))}`)
}

/** SAME, VALID, or EXPLICIT with a pair for each axis. */
export function paddingOf(node: TfNode): Padding {
  const padding = textOf(node, 'padding', 'VALID')
  if (padding === 'SAME') return 'same'
  if (padding === 'VALID') return 'valid'
  const [, , top, bottom, left, right] = numbersOf(node, 'explicit_paddings')
  if (top === undefined || bottom === undefined || left === undefined || right === undefined) {
    throw new Unconvertible(`${titleOf(node)} with the padding ${padding}`)
  }
  return [top, left, bottom, right]
}

export function refuseChannelsFirst(node: TfNode): void {
  if (textOf(node, 'data_format', 'NHWC') !== 'NHWC') throw new Unconvertible(`${titleOf(node)} with its channels first`)
}
