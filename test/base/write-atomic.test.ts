import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisHost } from '../../src/base/process-name.js'
import { writeAtomic } from '../../src/base/write-atomic.js'
import { tempFolder } from '../helpers/temp-folder.js'

describe('writeAtomic', () => {
  it.each([
    ['text', 'häuser', Buffer.from('häuser')],
    ['bytes', Uint8Array.of(1, 2), Buffer.of(1, 2)],
    ['pieces', [Uint8Array.of(1), Buffer.alloc(0), Uint8Array.of(2, 3)], Buffer.of(1, 2, 3)],
  ])('replaces a file by %s and leaves nothing else', async (_, content, expected) => {
    const folder = tempFolder()
    const path = join(folder, 'file')
    writeFileSync(path, 'something longer that was there before')
    await writeAtomic(path, content)
    expect(readFileSync(path)).toEqual(expected)
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('clears what killed writers left in the folder, and leaves the files of living ones', async () => {
    const folder = tempFolder()
    const living = `.tmp~${thisHost()}~${process.pid}~x`
    for (const name of [`.tmp~${thisHost()}~4194304~x`, living]) writeFileSync(join(folder, name), 'half a f')
    await writeAtomic(join(folder, 'file'), 'text')
    expect(readdirSync(folder)).toEqual([living, 'file'])
  })

  it('leaves the old file and no temporary one when it fails', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'file'))
    await expect(writeAtomic(join(folder, 'file'), 'text')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(readdirSync(folder)).toEqual(['file'])
    await expect(writeAtomic(join(folder, 'gone', 'file'), 'text')).rejects.toThrow(/ENOENT/)
  })
})
