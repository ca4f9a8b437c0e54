/** (f(high) − f(low)) / (high − low) with f = Σ upstream · y in double precision. @param y the outputs for a moved number. */
export async function centralDifference(
  [low, high]: readonly [number, number],
  upstream: ArrayLike<number>,
  y: (moved: number) => Promise<Float32Array | Float64Array>,
): Promise<number> {
  const valueAt = async (moved: number) => Array.from(await y(moved)).reduce((sum, value, at) => sum + value * (upstream[at] ?? 0), 0)
  return ((await valueAt(high)) - (await valueAt(low))) / (high - low)
}
