import { PCA } from 'ml-pca'

/** Rows on the plane along which they differ most. */
export interface Plane {
  readonly places: readonly (readonly [x: number, y: number])[]
  /** Shares of the variance along x and y. */
  readonly explained: readonly [x: number, y: number]
}

/** The first two principal components of some rows [n, D], n ≥ 3; along each the largest coordinate is positive. */
export function principalPlane(rows: readonly (readonly number[])[]): Plane {
  const values = rows.map((row) => [...row])
  const pca = new PCA(values)
  const placed = pca.predict(values, { nComponents: 2 }).to2DArray()
  const along = (axis: number) => {
    const coordinates = placed.map((row) => row[axis] ?? 0)
    const largest = coordinates.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    return coordinates.map((value) => (largest < 0 ? -value : value))
  }
  const [xs, ys] = [along(0), along(1)]
  const [x = 0, y = 0] = pca.getExplainedVariance()
  return { places: xs.map((value, at) => [value, ys[at] ?? 0]), explained: [x, y] }
}
