import { clustersOf } from '../base/clusters.js'
import type { CodedImage } from '../evaluate/data-set.js'
import type { SeenPair } from './look-at-pairs.js'

export interface DuplicateGroups {
  readonly exact: readonly (readonly string[])[]
  readonly pixelEqual: readonly (readonly string[])[]
  readonly clusters: readonly (readonly string[])[]
  readonly conflicts: readonly (readonly string[])[]
}

/** Groups of files, in the order of their paths: byte-equal ones, those of equal pixels, and all that show one picture. */
export function groupDuplicates(images: readonly CodedImage[], pairs: readonly SeenPair[]): DuplicateGroups {
  const files = [...images].sort((a, b) => (a.path < b.path ? -1 : 1))
  const first = new Map<string, number>()
  const equal: [number, number][] = []
  for (const [at, { sha256 }] of files.entries()) {
    const before = first.get(sha256)
    if (before === undefined) first.set(sha256, at)
    else equal.push([before, at])
  }
  const numbered = (some: readonly SeenPair[]) => some.map(({ a, b }): [number, number] => [first.get(a) ?? 0, first.get(b) ?? 0])
  const pathsOf = (groups: readonly (readonly number[])[]) => groups.map((group) => group.map((at) => files[at]?.path ?? ''))
  const clusters = clustersOf([...equal, ...numbered(pairs)], files.length)
  const isConflict = (group: readonly number[]) => new Set(group.map((at) => files[at]?.label)).size > 1
  return {
    exact: pathsOf(clustersOf(equal, files.length)),
    pixelEqual: pathsOf(clustersOf(numbered(pairs.filter(({ how }) => how === 'pixels')), files.length)),
    clusters: pathsOf(clusters),
    conflicts: pathsOf(clusters.filter(isConflict)),
  }
}
