import type { Catalog } from '../cache/catalog.js'
import type { Dtype } from '../cache/dtype.js'
import type { FileRecord } from '../cache/file-table.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { KnownCodes } from './known-codes.js'
import { PathCursor } from './path-cursor.js'
import { recogniseFile } from './recognise-files.js'

/** What the catalog does not have as the folder has it. */
export interface FolderChanges {
  /** Paths of files that are gone. */
  readonly vanished: readonly string[]
  /** Files of which the catalog has something else. */
  readonly changed: readonly FileRecord[]
  /** Files that it does not have. */
  readonly added: readonly FileRecord[]
}

/** A folder's files with what the catalog knows of them. */
export interface FoundFiles {
  /**
   * In the order of the scan. Of a file that is settled what the scan tells, unless files are excluded by their content: hashes of
   * millions of images that need no work would take most of the memory.
   */
  readonly files: readonly FileRecord[]
  readonly changes: FolderChanges
  /** For each file 1 where each kind of code is there, or refused for its content; else 0. */
  readonly isSettled: Uint8Array
}

interface Asked {
  readonly dataset: number
  readonly targets: readonly { readonly target: { readonly fingerprint: string }; readonly known: KnownCodes }[]
  readonly dtype?: Dtype | undefined
  readonly exclude?: ReadonlySet<string> | undefined
}

/** Goes through a scan and the catalog's files of it side by side. */
export function findFiles(catalog: Catalog, { root, files: scanned }: ScannedFolder, asked: Asked): FoundFiles {
  const { dataset, targets, exclude } = asked
  const coded = targets.map(({ target }) => codedFiles(catalog, scanned, { ...asked, fingerprint: target.fingerprint }))
  const files: FileRecord[] = [...scanned]
  const isSettled = new Uint8Array(files.length)
  const isKnown = new Uint8Array(files.length)
  const [vanished, changed]: [string[], FileRecord[]] = [[], []]
  const cursor = new PathCursor(scanned)
  for (const record of catalog.files.each(dataset)) {
    const at = cursor.find(record.path)
    const file = at === undefined ? undefined : scanned[at]
    if (at === undefined || !file) {
      vanished.push(record.path)
      continue
    }
    isKnown[at] = 1
    const found = recogniseFile(root, file, record)
    if (!isSame(found, record)) changed.push(found)
    const isUnchanged = found.image !== undefined
    if (isUnchanged && targets.every(({ known }, which) => coded[which]?.[at] === 1 || known.isBad(found))) isSettled[at] = 1
    if (isSettled[at] === 0 || exclude) files[at] = found
  }
  return { files, changes: { vanished, changed, added: files.filter((_, at) => isKnown[at] === 0) }, isSettled }
}

/** For each file 1 where the catalog has its image's plain code as it is asked for, by what was in the file last. */
function codedFiles(
  catalog: Catalog,
  files: ScannedFolder['files'],
  { dataset, fingerprint, dtype }: Pick<Asked, 'dataset' | 'dtype'> & { readonly fingerprint: string },
): Uint8Array {
  const isCoded = new Uint8Array(files.length)
  const cursor = new PathCursor(files)
  for (const path of catalog.codes.codedPaths(dataset, fingerprint, dtype === 'float32' ? dtype : undefined)) {
    const at = cursor.find(path)
    if (at !== undefined) isCoded[at] = 1
  }
  return isCoded
}

function isSame(a: FileRecord, b: FileRecord): boolean {
  return a.label === b.label && a.part === b.part && a.stamp === b.stamp && a.hashed === b.hashed && a.image === b.image
}
