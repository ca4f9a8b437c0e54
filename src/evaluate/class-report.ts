/** How well one class, or one label, is told: on the test part. Shares are 0 where there is nothing to count, as scikit-learn has it. */
export type ClassReport = {
  readonly label: string
  /** Share of the images that it is predicted for which have it. */
  readonly precision: number
  /** Share of the images that have it for which it is predicted. */
  readonly recall: number
  /** 2 · precision · recall / (precision + recall) */
  readonly f1: number
  /** Images that have it. */
  readonly support: number
  /** Images that it is predicted for. */
  readonly predicted: number
}

/** What is counted of a class: images that have it, that it is predicted for, and both. */
export interface ClassCounts {
  readonly support: number
  readonly predicted: number
  readonly right: number
}

export function classReport(label: string, { support, predicted, right }: ClassCounts): ClassReport {
  const recall = share(right, support)
  return { label, precision: share(right, predicted), recall, f1: f1Of({ support, predicted, right }), support, predicted }
}

/** The harmonic mean of precision and recall. */
export const f1Of = ({ support, predicted, right }: ClassCounts) => share(2 * right, support + predicted)

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
