import { UserError } from '../base/errors.js'
import { type Dtype, dtypeBytes } from '../cache/dtype.js'
import { megabytes } from './megabytes.js'

/** What the memory for a linear head depends on. */
export interface LinearProblem {
  /** n: different images, train and test alike. */
  readonly images: number
  /** D: numbers in a code after pooling. */
  readonly codeLength: number
  /** C: outputs of the head. */
  readonly classes: number
  /** What holds the codes without loss. */
  readonly dtype: Dtype
}

export interface MemoryLimits {
  /** Bytes in all. */
  readonly memory: number
  /** Largest Gram matrix in bytes. */
  readonly gramLimit: number
}

/** How a linear head is trained within the memory. */
export interface MemoryPlan {
  /** gram: through the Gram matrix; weight: through the codes. */
  readonly kind: 'gram' | 'weight'
  /** Vectors that a solver keeps. */
  readonly capacity: number
  /** Rows of codes that are float32 at once. */
  readonly blockRows: number
  /** Bytes for the rows that stay in memory while a Gram matrix is computed. */
  readonly groupBytes: number
  /** Codes that stay in memory as they are stored, the first in the order of storage; the others are read in every pass. */
  readonly resident: number
  /** The codes of some samples may be copied as float32: all stay in memory, and the copies fit beside them. */
  readonly copies: boolean
}

/** Vectors that serve L-BFGS: it remembers ten steps and makes its basis anew every 22; ten, every six; four, every two. */
const capacities = [44, 28, 12] as const
/** 754 codes of 62,720 numbers. */
const mostBlockBytes = 192 * 2 ** 20
const mostGroupBytes = 512 * 2 ** 20
/** Rows of a block of streaming codes, at the least. */
const leastRows = 16

/**
 * Decides from the shape of a problem what is kept in memory.
 *
 *     Gram matrix   4 n² + what is gathered of it for the train part, and for it with the validation part (at 0.7: 4 n² in all)
 *                   + 8 n C a vector, and twice the weights, 8 D C; or while it is computed two blocks of codes, at least 16 rows each
 *     weights       4 D C a vector, and 5 more; 20 n C for logits and residuals; a block of float32 codes; then the codes themselves
 *                   as stored (2 or 4 n D), as many as fit; and copies of parts as float32 where 12 n D more fit
 *
 * @throws UserError where not even 12 vectors and a block fit.
 */
export function planMemory(problem: LinearProblem, limits: MemoryLimits): MemoryPlan {
  return planGram(problem, limits) ?? planWeights(problem, limits.memory)
}

function planGram({ images: n, codeLength, classes }: LinearProblem, { memory, gramLimit }: MemoryLimits): MemoryPlan | undefined {
  if (codeLength <= n || 4 * n ** 2 > gramLimit) return undefined
  const beside = memory - 4 * n ** 2
  const rowBytes = 4 * codeLength
  const groupBytes = Math.min(mostGroupBytes, beside / 2)
  const blockRows = rowsWithin(Math.min(mostBlockBytes, beside / 4), rowBytes, n)
  const capacity = capacities.find((vectors) => 4 * n ** 2 + (8 * vectors + 20) * n * classes + 8 * codeLength * classes <= beside)
  if (capacity === undefined || groupBytes < Math.min(n, leastRows) * rowBytes || blockRows < Math.min(n, leastRows)) return undefined
  return { kind: 'gram', capacity, blockRows, groupBytes, resident: 0, copies: false }
}

function planWeights(problem: LinearProblem, memory: number): MemoryPlan {
  const { images: n, codeLength, classes, dtype } = problem
  const stored = codeLength * dtypeBytes(dtype)
  const least = Math.min(n, leastRows) * 4 * codeLength
  const left = (vectors: number) => memory - (vectors + 5) * 4 * codeLength * classes - 20 * n * classes
  const [most, ...fewer] = capacities
  const fits = left(most) - least >= n * stored
  const capacity = fits ? most : fewer.find((vectors) => left(vectors) >= least)
  if (capacity === undefined) throw tooLittle(problem, memory, memory - left(capacities[2]) + least)
  const blockBytes = Math.max(least, Math.min(mostBlockBytes, left(capacity) / 4))
  const forCodes = left(capacity) - blockBytes
  const resident = Math.min(n, Math.floor(forCodes / stored))
  return {
    kind: 'weight',
    capacity,
    blockRows: rowsWithin(blockBytes, 4 * codeLength, n),
    groupBytes: 0,
    resident,
    copies: forCodes >= n * (stored + 12 * codeLength),
  }
}

const rowsWithin = (bytes: number, rowBytes: number, n: number) => Math.min(n, Math.floor(bytes / rowBytes))

function tooLittle({ codeLength, classes }: LinearProblem, memory: number, needed: number): UserError {
  return new UserError(
    `Expected --memory to be at least ${megabytes(needed)} for weights of ${codeLength} × ${classes}, got ${megabytes(memory)}. Give more, or make the weights smaller: --pool avg, fewer --classes.`,
  )
}
