import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files and what they take of the disk. */
export interface Usage {
  readonly files: number
  readonly bytes: number
}

/** A file below a folder. */
export interface FoundFile {
  /** Below the folder, with / between the folders. */
  readonly path: string
  readonly bytes: number
}

/** Every file below a folder, in the order of names; none where there is no such folder. Links are not followed. */
export function filesBelow(folder: string, below = ''): FoundFile[] {
  return entries(join(folder, below)).flatMap((entry): FoundFile[] => {
    const path = `${below}${entry.name}`
    if (entry.isDirectory()) return filesBelow(folder, `${path}/`)
    if (!entry.isFile() && !entry.isSymbolicLink()) return []
    return [{ path, bytes: statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0 }]
  })
}

/** Sums up files. */
export function usageOf(files: readonly FoundFile[]): Usage {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
