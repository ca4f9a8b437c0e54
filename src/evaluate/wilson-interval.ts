import jstat from 'jstat'

/**
 * Wilson's 95 % interval of a share of which `right` of `of` were seen, 0…1:
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z = Φ⁻¹(0.975). Source: Wilson (1927), "Probable inference, the law of
 * succession, and statistical inference".
 */
export function wilsonInterval(right: number, of: number): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const z = jstat.normal.inv(0.975, 0, 1)
  const p = right / of
  const middle = p + (z * z) / (2 * of)
  const half = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))
  const whole = 1 + (z * z) / of
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) }
}
