/** What a series of a sweep is: codes, and how a head is trained on them. */
export interface SeriesKey {
  readonly model: string
  readonly layer: string
  readonly pool: string
  readonly head: string
  readonly solver: string
}

/** Between the parts of a series' name: "vgg16 · fc2 · avg". */
const separator = ' · '

/**
 * The name of the series that each point belongs to, in the order of the points: the model, then whatever else tells series apart.
 *
 * The layer is named where one model comes with several (two models always have different ones), pool and head where they differ
 * anywhere, the solver where one head comes with several (heads that only one solver trains are called by it). Two points get the same name exactly when they belong to the same series.
 */
export function seriesNames(points: readonly SeriesKey[]): string[] {
  const layers = distinct(points.map(({ model, layer }) => [model, layer])) > distinct(points.map(({ model }) => [model]))
  const pools = distinct(points.map(({ pool }) => [pool])) > 1
  const heads = distinct(points.map(({ head }) => [head])) > 1
  const solvers = distinct(points.map(({ head, solver }) => [head, solver])) > distinct(points.map(({ head }) => [head]))
  return points.map(({ model, layer, pool, head, solver }) =>
    [
      model,
      ...(layers ? [layer] : []),
      ...(pools ? [pool === 'none' ? 'flat' : pool] : []),
      ...(heads ? [head] : []),
      ...(solvers && solver !== head ? [solver] : []),
    ].join(separator),
  )
}

/** The points of each series, by its name. */
export function bySeries<T extends SeriesKey>(points: readonly T[]): Map<string, T[]> {
  const names = seriesNames(points)
  const series = new Map<string, T[]>()
  points.forEach((point, index) => {
    const name = names[index] ?? point.model
    const known = series.get(name)
    if (known) known.push(point)
    else series.set(name, [point])
  })
  return series
}

function distinct(values: readonly (readonly string[])[]): number {
  return new Set(values.map((value) => JSON.stringify(value))).size
}
