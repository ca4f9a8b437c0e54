/** The slice of jstat that is used; the package has no types of its own. */
declare module 'jstat' {
  const jstat: {
    readonly normal: {
      /** The quantile of a normal distribution. */
      inv(probability: number, mean: number, deviation: number): number
    }
    readonly studentt: {
      /** The quantile of Student's t distribution. */
      inv(probability: number, degreesOfFreedom: number): number
      /** P(T ≤ t). */
      cdf(t: number, degreesOfFreedom: number): number
    }
  }
  export default jstat
}
