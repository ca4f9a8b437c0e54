import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { publish } from '../../src/cache/publish.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

const content = Buffer.from('some codes')
const name = `${hashOf('some codes')}.arrow`

describe('publish', () => {
  it('makes the folder and a file named by its content, and leaves nothing else', async () => {
    const folder = join(tempFolder(), 'a', 'b')
    expect(await publish(folder, [content], '.arrow')).toEqual({ digest: hashOf('some codes'), bytes: 10 })
    expect(readdirSync(folder)).toEqual([name])
    expect(readFileSync(join(folder, name))).toEqual(content)
  })

  it('does not overwrite a file that is there already', async () => {
    const folder = tempFolder()
    await publish(folder, [content], '.arrow')
    const before = statSync(join(folder, name), { bigint: true })
    await Promise.all([publish(folder, [content], '.arrow'), publish(folder, [content], '.arrow')])
    const { ino, mtimeNs } = statSync(join(folder, name), { bigint: true })
    expect({ ino, mtimeNs }).toEqual({ ino: before.ino, mtimeNs: before.mtimeNs })
    expect(readdirSync(folder)).toEqual([name])
  })

  it('replaces a file that is not what its name says', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, name), 'some c')
    await publish(folder, [content], '.arrow')
    expect(readFileSync(join(folder, name))).toEqual(content)
    expect(readdirSync(folder)).toEqual([name])
  })

  it('joins the pieces of a content', async () => {
    const folder = tempFolder()
    const pieces = ['so', '', 'me codes'].map((piece) => Buffer.from(piece))
    expect(await publish(folder, pieces, '.arrow')).toEqual({ digest: hashOf('some codes'), bytes: 10 })
    expect(readFileSync(join(folder, name))).toEqual(content)
  })

  it('leaves no temporary file when it fails', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, name))
    await expect(publish(folder, [content], '.arrow')).rejects.toThrow(/EISDIR/)
    expect(readdirSync(folder)).toEqual([name])
  })

  it('fails where a file is in the way', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), '')
    await expect(publish(join(folder, 'file'), [content], '.arrow')).rejects.toThrow(/EEXIST|ENOTDIR/)
  })
})
