import type { Floats } from '../base/floats.js'
import type { Matrix } from '../engine/gemm.js'
import type { LinePoint } from './line-search.js'

/** Class of each sample, 0 … classes − 1. */
export type Labels = Uint16Array | Int32Array

/**
 * Mean cross-entropy of the logits z + t·d, [n, classes], and its derivatives by t; `residual` receives (P − Y) / n.
 *
 *     value     = (1/n) Σᵢ log Σ_c exp(z_ic) − z_iy            slope     = (1/n) Σᵢ Eᵢ[δ]
 *     curvature = (1/n) Σᵢ Eᵢ[δ²] − Eᵢ[δ]²                     δ_ic = d_ic − d_iy, Eᵢ the mean under P's row i
 *
 * P_y − 1 is formed as −Σ_{c ≠ y} P_c, which keeps its digits where the sample is almost certain.
 */
export function crossEntropyAlong(z: Matrix, d: Floats, t: number, labels: Labels, residual: Floats): LinePoint {
  const total = { loss: 0, slope: 0, curvature: 0 }
  for (let row = 0; row < z.rows; row++) addRow(total, z, d, t, row * z.columns, labels[row] as number, residual)
  return { value: total.loss / z.rows, slope: total.slope / z.rows, curvature: total.curvature / z.rows }
}

/** Powers under e^−46 = 1e-20 count as 0: scaled by 1/n and multiplied they would become denormals, which are slow. */
const LEAST = -46

type Sums = { loss: number; slope: number; curvature: number }

function addRow(total: Sums, z: Matrix, d: Floats, t: number, from: number, label: number, residual: Floats): void {
  const to = from + z.columns
  const values = z.data
  let top = -Infinity
  for (let i = from; i < to; i++) {
    residual[i] = (values[i] as number) + t * (d[i] as number)
    if ((residual[i] as number) > top) top = residual[i] as number
  }
  const own = from + label
  const ownStep = d[own] as number
  const ownLogit = residual[own] as number // rounded as the others are, or P_y − 1 would be rounding alone
  const ownPower = ownLogit - top > LEAST ? Math.exp(ownLogit - top) : 0
  let others = 0
  let first = 0
  let second = 0
  for (let i = from; i < to; i++) {
    const below = (residual[i] as number) - top
    const power = below > LEAST ? Math.exp(below) : 0
    const step = (d[i] as number) - ownStep
    residual[i] = power
    others += power
    first += power * step
    second += power * step * step
  }
  others -= ownPower
  const sum = others + ownPower
  const scale = 1 / (sum * z.rows)
  for (let i = from; i < to; i++) residual[i] = (residual[i] as number) * scale
  residual[own] = -others * scale
  const mean = first / sum
  total.loss += top - ownLogit + Math.log(sum)
  total.slope += mean
  total.curvature += second / sum - mean * mean
}
