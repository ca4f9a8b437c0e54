import { oneLine } from '../base/one-line.js'
import type { HeadFacts } from '../evaluate/measure-head.js'

/** A line for each group of byte-equal images that were left out because their labels differ. */
export function conflictNotes({ conflicts, labelFile }: Pick<HeadFacts, 'conflicts' | 'labelFile'>): string[] {
  const differ = labelFile === null ? 'in several classes' : 'with other labels'
  return conflicts.map((group) => `Left out, byte-equal images ${differ}: ${group.map(oneLine).join(', ')}`)
}
