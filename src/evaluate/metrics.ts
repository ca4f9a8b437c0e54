/** Counts of predictions: rows are the true classes, columns the predicted ones, [C, C] row-major. */
export function confusionMatrix(predicted: Int32Array, labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes * classes)
  labels.forEach((label, at) => {
    const cell = label * classes + (predicted[at] ?? 0)
    counts[cell] = (counts[cell] ?? 0) + 1
  })
  return counts
}

/** Mean over the classes that occur of the share of their samples that is predicted right, 0…1. */
export function balancedAccuracy(predicted: Int32Array, labels: Int32Array, classes: number): number {
  const counts = confusionMatrix(predicted, labels, classes)
  const recalls = Array.from({ length: classes }, (_, label) => {
    const row = counts.subarray(label * classes, (label + 1) * classes)
    const total = row.reduce((sum, count) => sum + count, 0)
    return total === 0 ? [] : [(row[label] ?? 0) / total]
  }).flat()
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
}
