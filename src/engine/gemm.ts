import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Floats } from '../base/floats.js'
import { type Graph, type Node, node, type ValueInfo } from '../graph/graph.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { noSpinning } from './onnx-session.js'

/** A row-major float32 matrix; `data` holds at least rows × columns numbers. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Floats
}

export interface GemmOptions {
  /** Multiply by the transpose of `a`. */
  readonly transposeA?: boolean
  /** Multiply by the transpose of `b`. */
  readonly transposeB?: boolean
  /** Receives the product; made anew when left out. It may not overlap `a` or `b`. */
  readonly out?: Floats
}

/** Multiplies matrices: out = a · b, [m, k] · [k, n] → [m, n]. */
export type Gemm = (a: Matrix, b: Matrix, options?: GemmOptions) => Promise<Matrix>

/** An empty or given matrix of this shape. */
export function matrix(rows: number, columns: number, data: Floats = new Float32Array(rows * columns)): Matrix {
  return { rows, columns, data }
}

/** The part of a matrix that holds rows `from` to `to` (exclusive), sharing its memory. */
export function rowsOf(of: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns: of.columns, data: of.data.subarray(from * of.columns, to * of.columns) }
}

/**
 * Matrix products by onnxruntime's Gemm, read and written in place.
 *
 * @param threads threads of one product, default all cores.
 */
export function createGemm(threads = 0): Gemm {
  const sessions = new Map<string, Promise<InferenceSession>>()
  const sessionFor = (transposeA: boolean, transposeB: boolean) => {
    const key = `${transposeA}${transposeB}`
    const made =
      sessions.get(key) ??
      InferenceSession.create(writeOnnx(gemmGraph(transposeA, transposeB)), {
        intraOpNumThreads: threads,
        extra: noSpinning,
      })
    sessions.set(key, made)
    return made
  }
  return async (a, b, { transposeA = false, transposeB = false, out } = {}) => {
    const [m, k] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns]
    const [inner, n] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns]
    if (k !== inner) throw new Error(`Expected inner dimensions to agree, got [${m}, ${k}] · [${inner}, ${n}]`)
    const product = matrix(m, n, out ?? new Float32Array(m * n))
    const session = await sessionFor(transposeA, transposeB)
    await session.run({ a: toTensor(a), b: toTensor(b) }, { y: toTensor(product) })
    return product
  }
}

function toTensor({ rows, columns, data }: Matrix): Tensor {
  return new Tensor('float32', data.length === rows * columns ? data : data.subarray(0, rows * columns), [rows, columns])
}

function gemmGraph(transposeA: boolean, transposeB: boolean): Graph {
  const value = (name: string): ValueInfo => ({ name, type: 'float32', dims: [null, null] })
  const flag = (on: boolean): Node['attributes'][string] => ({ kind: 'int', value: on ? 1 : 0 })
  return {
    inputs: [value('a'), value('b')],
    outputs: [value('y')],
    nodes: [node('Gemm', 'y', ['a', 'b'], { transA: flag(transposeA), transB: flag(transposeB) })],
    initializers: new Map(),
    opsets: new Map([['', 17]]),
  }
}
