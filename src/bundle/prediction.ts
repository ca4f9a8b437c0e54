/** A label and how probable it is, 0 to 1. */
export interface LabelProbability {
  readonly label: string
  readonly probability: number
}

/** What a classifier says of an image. */
export interface Prediction {
  /** The most probable label; null where its probability is below the threshold for an answer. */
  readonly label: string | null
  /** Of the most probable label. */
  readonly probability: number
  /** The most probable labels, the first most. */
  readonly top: readonly LabelProbability[]
}

export interface PredictionRule {
  /** Labels to tell, default 5. */
  readonly top?: number | undefined
  /** Least probability of an answer, default 0: there always is one. */
  readonly abstain?: number | undefined
}

/** The labels in the order of their probabilities, [classes]; equally probable ones in their own order. */
export function toPrediction(
  labels: readonly string[],
  probabilities: Float32Array,
  { top = 5, abstain = 0 }: PredictionRule = {},
): Prediction {
  const order = Array.from(probabilities.keys()).sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b)
  const best = order.slice(0, top).map((at) => ({ label: labels[at] ?? '', probability: probabilities[at] as number }))
  const most = probabilities[order[0] ?? 0] as number
  return { label: most < abstain ? null : (labels[order[0] ?? 0] ?? ''), probability: most, top: best }
}
