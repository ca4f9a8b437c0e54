/**
 * Focal loss of a cross-entropy H, p the probability of the truth: (1 − p)^γ H.
 *
 * Its gradient is slope · ∂H + turn · (P − Y), P the probabilities and Y the truth: slope = (1 − p)^γ, turn = γ p (1 − p)^(γ − 1) H.
 */
export function focused(p: number, entropy: number, focal: number): { value: number; slope: number; turn: number } {
  if (focal === 0) return { value: entropy, slope: 1, turn: 0 }
  const rest = Math.max(1 - p, 1e-12)
  const slope = rest ** focal
  return { value: slope * entropy, slope, turn: focal * p * rest ** (focal - 1) * entropy }
}
