import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { shuffle } from '../../dist/base/random.js'
import { scanFolder } from '../../dist/images/scan-folder.js'

/** A data set of links to `count` images of another one; returns its folder. */
export function linkImages(from, count, random, to) {
  const { root, files } = scanFolder(from)
  const order = shuffle(
    files.map((_, at) => at),
    random,
  )
  for (const at of order.slice(0, count)) {
    const { path } = files[at]
    mkdirSync(dirname(join(to, path)), { recursive: true })
    symlinkSync(join(root, path), join(to, path))
  }
  return to
}
