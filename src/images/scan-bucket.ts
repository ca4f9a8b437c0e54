import { bucketText, parseBucketAddress } from '../base/bucket-address.js'
import { UserError } from '../base/errors.js'
import { listObjects } from './bucket-objects.js'
import { divide, imageName, isLitter, type ScannedFile, type ScannedFolder } from './scan-folder.js'

/**
 * Lists a data set in a bucket, by the rules of `scanFolder`: the parts of names between slashes are its folders.
 *
 * @throws UserError when it cannot be listed, holds no images, or has others beside train and test.
 */
export async function scanBucket(location: string): Promise<ScannedFolder> {
  const root = bucketText(parseBucketAddress(location))
  const objects = (await listObjects(root)).filter(({ path }) => path !== '' && !path.endsWith('/') && !path.split('/').some(isLitter))
  const folders = [...new Set(objects.flatMap(({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : [])))].sort()
  const { divided, partOf } = divide(folders, root)
  const all = objects.map(({ path, stamp, changed }): ScannedFile & { readonly isInClass: boolean } => {
    const names = path.split('/')
    const [part, label = ''] = divided ? [partOf.get(names[0] ?? ''), names[1]] : [undefined, names[0]]
    const isInClass = names.length > (divided ? 2 : 1)
    return { path, label: isInClass ? label : '', part, seen: { stamp, changed }, isInClass }
  })
  const inClasses = all.filter(({ isInClass }) => isInClass)
  const alone = all.filter(({ path }) => imageName.test(path) && path.split('/').length === (divided ? 2 : 1))
  const files = (inClasses.length > 0 ? inClasses : alone).map(({ isInClass: _, ...file }) => file)
  if (files.length === 0)
    throw new UserError(
      `Expected images at ${root}, found none among ${objects.length} objects. Put those of each class below a name of its own: ${root}/cats/1.jpg.`,
    )
  return { root, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}
