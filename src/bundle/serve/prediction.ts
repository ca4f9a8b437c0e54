/** A label and how likely it is. */
export interface Likely {
  readonly label: string
  readonly probability: number
}

/** What is said of an image. */
export interface Prediction {
  /** The likeliest label; null where it is too unlikely to be told. */
  readonly label: string | null
  /** Of the likeliest label, told or not. */
  readonly probability: number
  /** The likeliest labels, the first one first. */
  readonly top: readonly Likely[]
}

export interface PredictionOptions {
  /** The classes, as the probabilities stand. */
  readonly labels: readonly string[]
  /** How many labels to tell, at most. */
  readonly top: number
  /** Below this probability no label is told; default 0. */
  readonly abstain?: number | undefined
}

/** The likeliest labels of an image; of equal ones the first class first. */
export function toPrediction(probabilities: Float32Array, { labels, top, abstain = 0 }: PredictionOptions): Prediction {
  const order = Array.from(probabilities.keys()).sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b)
  const likely = order.slice(0, top).map((at) => ({ label: labels[at] ?? '', probability: probabilities[at] as number }))
  const [first] = likely
  if (!first) throw new Error('Expected at least one class')
  return { label: first.probability < abstain ? null : first.label, probability: first.probability, top: likely }
}
