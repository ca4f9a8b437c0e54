/** The class of the largest answer, the first one on ties. */
export function predictedClass(answers: Float32Array): number {
  return answers.reduce((best, value, at) => (value > (answers[best] ?? Number.NEGATIVE_INFINITY) ? at : best), 0)
}
