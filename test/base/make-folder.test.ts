import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/base/make-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'

describe('makeFolder refuses', () => {
  it('what is in the way', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('nowhere', join(folder, 'link'))
    expect(() => makeFolder(join(folder, 'file'))).toThrow(/^EEXIST: file already exists, mkdir /)
    expect(() => makeFolder(join(folder, 'file', 'a', 'b'))).toThrow(/^ENOTDIR: not a directory, mkdir /)
    expect(() => makeFolder(join(folder, 'link', 'a'))).toThrow(/^EEXIST: file already exists, mkdir /)
  })

  it.skipIf(!existsSync('/proc/self'))('a place where nothing can be made, and comes back (skipped where there is no /proc)', () => {
    expect(() => makeFolder('/proc/x/y')).toThrow("ENOENT: no such file or directory, mkdir '/proc/x'")
  })
})

describe('makeFolder', () => {
  it('makes what is missing, and tells the first that it made', () => {
    const folder = tempFolder()
    expect(makeFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'))
    expect(statSync(join(folder, 'a', 'b', 'c')).isDirectory()).toBe(true)
    expect(makeFolder(join(folder, 'a', 'd'))).toBe(join(folder, 'a', 'd'))
  })

  it('takes what is there, be it through a link', () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'link'))
    expect(makeFolder(join(folder, 'real'))).toBeUndefined()
    expect(makeFolder(join(folder, 'link', 'a'))).toBe(join(folder, 'link', 'a'))
    expect(existsSync(join(folder, 'real', 'a'))).toBe(true)
  })
})
