import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isInBucket } from '../base/bucket-address.js'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import type { FileStamp } from './file-stamp.js'
import { NoImages } from './no-images.js'

/** A file that a folder of classes holds. */
export interface ScannedFile {
  /** Below the root, with / between the folders. */
  readonly path: string
  /** The class: the name of its folder; empty where no image lies in a class folder. */
  readonly label: string
  /** Set where the root is divided into train, valid and test folders. */
  readonly part: 'train' | 'validation' | 'test' | undefined
  /** The stamp that came with the listing, of what lies in a bucket; files of a folder are asked when it is needed. */
  readonly seen?: FileStamp | undefined
}

export interface ScannedFolder {
  /** Absolute path, links resolved. */
  readonly root: string
  /** In the order of their paths. */
  readonly files: readonly ScannedFile[]
}

/** Folder names that divide a data set, as Keras, torch and fast.ai users write them. */
const partNames: ReadonlyMap<string, 'train' | 'validation' | 'test'> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
])

/** Files that systems leave in folders; like hidden files they are passed over. */
export const litter = new Set(['Thumbs.db', 'desktop.ini', 'Icon\r', '__MACOSX'])

/** Whether something of this name is passed over. */
export const isLitter = (name: string) => name.startsWith('.') || litter.has(name)

/** Names that only image files should have: a folder of such a name, as a broken unpacking leaves it, is listed as a file that is none. */
export const imageName = /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)$/i

/**
 * Lists a data set: a folder per class, or train/ valid/ test/ with a folder per class in each. Whether a file is an
 * image is told later, from its content. Class folders may have folders inside, but for those named like an image file, which are
 * listed as files, to be refused; hidden files are passed over. Where no class folder holds a file, files named like images that lie
 * directly in the folder (or in train/ valid/ test/) are listed without a class: their labels come from a file.
 *
 * @param cache a folder to pass over where it lies inside, since it holds no images of the user's.
 * @throws NoImages when the folder is empty, or holds no class folders or no files in them.
 * @throws UserError when it is missing or cannot be read, or has others beside train and test.
 */
export function scanFolder(data: string, cache?: string): ScannedFolder {
  const root = resolveRoot(data)
  const skipped = cache === undefined ? undefined : resolve(cache)
  const folders = list(root)
    .filter(({ name }) => join(root, name) !== skipped && join(resolve(data), name) !== skipped)
    .filter((entry) => isFolder(root, entry))
    .map(({ name }) => name)
  const { divided, partOf } = divide(folders, data)
  const inClasses = divided
    ? folders.flatMap((folder) => classesIn(root, folder, partOf.get(folder)))
    : folders.flatMap((label) => filesBelow(root, label, new Set()).map((path) => ({ path, label, part: undefined })))
  const places = divided ? folders.map((folder) => ({ folder, part: partOf.get(folder) })) : [{ folder: '', part: undefined }]
  const files = inClasses.length > 0 ? inClasses : places.flatMap(({ folder, part }) => imagesIn(root, folder, part))
  if (files.length === 0 && folders.length === 0) throw noClasses(data, root)
  if (files.length === 0) {
    throw new NoImages(
      `Expected images in the folders of ${data}, found none. Put the images of each class into a folder of its own: ${join(data, 'cats', '1.jpg')}.`,
    )
  }
  return { root, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

/**
 * Whether folders divide a data set into parts, and which each of them is.
 *
 * @throws UserError where some of them do and others stand beside them.
 */
export function divide(folders: readonly string[], data: string) {
  const partOf = new Map(folders.map((name) => [name, partNames.get(name.toLowerCase())]))
  const parts = [...partOf.values()]
  const divided = parts.includes('train') && parts.every((part) => part !== undefined)
  if (!divided && parts.includes('train') && (parts.includes('test') || parts.includes('validation')))
    throw mixed(
      data,
      folders.filter((name) => partOf.get(name) === undefined),
    )
  return { divided, partOf }
}

function resolveRoot(data: string): string {
  if (isInBucket(data))
    throw new UserError(
      `Expected a folder of images, found the address of a bucket, ${data}, which --watch and recipes cannot look at. Give a folder.`,
    )
  try {
    const root = realpathSync(data)
    if (!statSync(root).isDirectory())
      throw new UserError(`Expected --data to be a folder, found a file at ${data}. Give the folder that holds a folder per class.`)
    return root
  } catch (error) {
    if (error instanceof UserError) throw error
    const found = errorCode(error) === 'ENOENT' ? `nothing at ${resolve(data)}` : messageOf(error)
    throw new UserError(
      `Expected a folder of images at ${data}, found ${found}. Give the folder that holds a folder per class with --data.`,
    )
  }
}

function mixed(data: string, others: readonly string[]): UserError {
  return new UserError(
    `Expected either a folder per class in ${data}, or train, valid and test alone, found ${others.map((name) => `"${name}"`).join(', ')} beside them. Move the others elsewhere.`,
  )
}

function noClasses(data: string, root: string): NoImages {
  const count = list(root).length
  const found = count === 0 ? 'an empty folder' : `${count} file${count === 1 ? '' : 's'} and no folder`
  return new NoImages(
    `Expected a folder per class in ${data}, found ${found}. Put the images of each class into a folder of its own: ${join(data, 'cats', '1.jpg')}.`,
  )
}

/** Entries of a folder that count, in the order of their names' code units. */
function list(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !isLitter(name))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw new UserError(
      `Expected to read the folder ${folder}, but that is not possible: ${messageOf(error)}. Change its permissions, or take it out of --data.`,
    )
  }
}

/** Whether an entry is a folder, or a link to one; a link that leads nowhere or in a circle is a file that cannot be read. */
function isFolder(parent: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  try {
    return statSync(join(parent, entry.name)).isDirectory()
  } catch {
    return false
  }
}

function classesIn(root: string, folder: string, part: ScannedFile['part']): ScannedFile[] {
  const labels = list(join(root, folder)).filter((entry) => isFolder(join(root, folder), entry))
  return labels.flatMap(({ name: label }) => filesBelow(root, `${folder}/${label}`, new Set()).map((path) => ({ path, label, part })))
}

/** Images that lie directly in a folder, told by their names: lists and notes may lie beside them. */
function imagesIn(root: string, folder: string, part: ScannedFile['part']): ScannedFile[] {
  const entries = list(join(root, folder)).filter((entry) => imageName.test(entry.name) && !isFolder(join(root, folder), entry))
  return entries.map(({ name }) => ({ path: folder === '' ? name : `${folder}/${name}`, label: '', part }))
}

/** Paths of the files below a folder; `within` holds the real folders around it, so that a link to one of them ends. */
function filesBelow(root: string, folder: string, within: ReadonlySet<string>): string[] {
  const absolute = join(root, folder)
  const real = realpathSync(absolute)
  if (within.has(real)) return []
  const inner = new Set([...within, real])
  return list(absolute).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return isFolder(absolute, entry) && !imageName.test(entry.name) ? filesBelow(root, path, inner) : [path]
  })
}
