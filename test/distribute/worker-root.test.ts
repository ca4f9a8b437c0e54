import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkerRoot } from '../../src/distribute/worker-root.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

describe('WorkerRoot', () => {
  it('refuses what is no folder', async () => {
    const folder = tempFolder()
    const [gone, file] = [join(folder, 'gone'), join(folder, 'file')]
    writeFileSync(file, '')
    const ask = 'Give the folder that codes has as --data'
    expect((await userErrorOf(() => new WorkerRoot(gone))).message).toBe(
      `Expected a folder of images at ${gone}, found nothing. ${ask} with --root.`,
    )
    expect((await userErrorOf(() => new WorkerRoot(file))).message).toBe(`Expected --root to be a folder, found a file at ${file}. ${ask}.`)
  })

  it.each(['../secret', 'a/../../secret', '..', '', '.', 'a/../..'])('reads nothing at %j', async (path) => {
    const folder = tempFolder()
    put(folder, 'secret', 'secret')
    put(folder, 'root/a/1.png', 'image')
    await expect(new WorkerRoot(join(folder, 'root')).load(path)).rejects.toMatchObject({
      code: 'unreadable',
      message: 'Its path leads out of the root of the worker.',
    })
  })

  it('takes an absolute path for one below it', async () => {
    const folder = tempFolder()
    put(folder, 'secret', 'secret')
    await expect(new WorkerRoot(folder).load(join(folder, 'secret'))).rejects.toMatchObject({ message: 'It is gone.' })
  })

  it('reads what lies below it, links that the user made included', async () => {
    const [folder, other] = [tempFolder(), tempFolder()]
    put(folder, 'a/1.png', 'one')
    put(other, '2.png', 'two')
    symlinkSync(other, join(folder, 'b'))
    const root = new WorkerRoot(folder)
    expect(Buffer.from((await root.load('a/1.png')).bytes).toString()).toBe('one')
    expect(Buffer.from((await root.load('b/2.png')).bytes).toString()).toBe('two')
    expect([await root.hasSome(['x', 'b/2.png']), await root.hasSome(['x'])]).toEqual([true, false])
  })
})
