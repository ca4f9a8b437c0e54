/** Powers under e^−46 = 1e-20 count as 0: scaled by 1/n and multiplied they would become denormals, which are slow. */
const least = -46
/** Values that the table has between e^−k and e^−(k + ln 2). */
const steps = 32
const step = Math.LN2 / steps
const perStep = 1 / step
const table = Float64Array.from({ length: Math.ceil(-least / step) + 1 }, (_, k) => Math.exp(-k * step))

/**
 * e^x for x ≤ 0, to 2e-13 of it: a third of the time of Math.exp, which took most of a softmax.
 *
 * e^x = e^(−k·step) e^r with 0 ≥ r > −step, the first from a table, the second by Taylor's polynomial.
 */
export function powerOfE(x: number): number {
  if (!(x > least)) return 0
  const k = (x * -perStep) | 0
  const r = x + k * step
  return (table[k] as number) * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))))
}
