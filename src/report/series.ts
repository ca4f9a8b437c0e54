import type { Series } from '../evaluate/sweep-point.js'

/** Between the parts of a series' name: "vgg16 · fc2 · avg". */
const separator = ' · '

/**
 * The name of the series that each point belongs to, in the order of the points: the model, then whatever else tells series apart.
 *
 * The layer is named where one model comes with several (two models always have different ones), pool, head and solver where they
 * differ anywhere. Two points get the same name exactly when they belong to the same series.
 */
export function seriesNames(points: readonly Series[]): string[] {
  const layers = distinct(points.map((point) => JSON.stringify([point.model, point.layer]))) > distinct(points.map((point) => point.model))
  const pools = distinct(points.map((point) => point.pool)) > 1
  const heads = distinct(points.map((point) => point.head)) > 1
  const solvers = distinct(points.map((point) => point.solver)) > 1
  return points.map((point) =>
    [
      point.model,
      ...(layers ? [point.layer] : []),
      ...(pools ? [point.pool === 'none' ? 'flat' : point.pool] : []),
      ...(heads ? [point.head] : []),
      ...(solvers && point.solver !== point.head ? [point.solver] : []),
    ].join(separator),
  )
}

function distinct(values: readonly string[]): number {
  return new Set(values).size
}
