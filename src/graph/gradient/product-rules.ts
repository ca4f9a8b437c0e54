import { float, floatOf, int, intOf, ints, text } from '../attributes.js'
import type { Call, Rule, Rules } from './rule.js'
import { sumToShape } from './sum-to-shape.js'
import { unsupported } from './unsupported.js'

/** Y = α · A' · B' + β · C, A' and B' transposed where the node says so. */
const gemm: Rule = (call) => {
  const { write, node, gradient, isWanted } = call
  const [a = '', b = '', c = ''] = node.inputs
  const [transA, transB] = [intOf(node, 'transA', 0) !== 0, intOf(node, 'transB', 0) !== 0]
  const alpha = floatOf(node, 'alpha', 1)
  const multiply = (left: readonly [string, boolean], right: readonly [string, boolean]) =>
    write.op('Gemm', [left[0], right[0]], { alpha: float(alpha), transA: int(left[1] ? 1 : 0), transB: int(right[1] ? 1 : 0) })
  return [
    isWanted(0) ? (transA ? multiply([b, transB], [gradient, true]) : multiply([gradient, false], [b, !transB])) : undefined,
    isWanted(1) ? (transB ? multiply([gradient, true], [a, transA]) : multiply([a, !transA], [gradient, false])) : undefined,
    isWanted(2) ? offset(call, c) : undefined,
  ]
}

function offset({ write, node, gradient }: Call, c: string): string {
  const beta = floatOf(node, 'beta', 1)
  return sumToShape(write, beta === 1 ? gradient : write.op('Mul', [gradient, write.number(beta)]), c)
}

/** Y = A · B of matrices, or of stacks of them: G · Bᵀ and Aᵀ · G, summed over stretched axes. */
const matMul: Rule = (call) => {
  const { write, node, gradient, isWanted, dimsOf } = call
  const [a = '', b = ''] = node.inputs
  if ([a, b].some((tensor) => dimsOf(tensor)?.length === 1)) throw unsupported(call.node, 'MatMul of matrices', 'a row of numbers')
  const isPlain = dimsOf(b)?.length === 2
  return [
    isWanted(0) ? (isPlain ? write.op('MatMul', [gradient, turned(call, b)]) : stacked(call, [gradient, turned(call, b)], a)) : undefined,
    isWanted(1) ? (isPlain ? rows(call, a, b) : stacked(call, [turned(call, a), gradient], b)) : undefined,
  ]
}

/** The last two axes exchanged: where their number is known, by an operator that the engine makes a part of the product. */
function turned({ write, sidesOf }: Call, tensor: string): string {
  const sides = sidesOf(tensor)
  if (!sides) return write.op('Einsum', [tensor], { equation: text('...ij->...ji') })
  const axes = sides.map((_, axis) => axis)
  return write.op('Transpose', [tensor], { perm: ints([...axes.slice(0, -2), ...axes.slice(-2).toReversed()]) })
}

function stacked(call: Call, factors: readonly string[], tensor: string): string {
  const made = call.write.op('MatMul', factors)
  return isStretched(call) ? sumToShape(call.write, made, tensor) : made
}

/** Whether a factor may be shared by several products of a stack. */
function isStretched({ node, sidesOf }: Call): boolean {
  const [a, b] = node.inputs.map((tensor) => sidesOf(tensor)?.slice(0, -2))
  return !a || !b || a.length !== b.length || a.some((side, axis) => side === undefined || side !== b[axis])
}

/** Aᵀ · G with all rows of a stack as one matrix; b is [k, n]. */
function rows({ write, gradient, dimsOf }: Call, a: string, b: string): string {
  const [k = 1, n = 1] = dimsOf(b) ?? []
  const [left = '', right = ''] = [write.op('Reshape', [a, write.integers(-1, k)]), write.op('Reshape', [gradient, write.integers(-1, n)])]
  return write.op('Gemm', [left, right], { transA: int(1) })
}

export const productRules: Rules = { Gemm: gemm, MatMul: matMul }
