import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadJpegTurbo } from '../../src/images/load-jpeg-turbo.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const name = '@julusian/jpeg-turbo'

/** A file beside whose node_modules the package has this source. */
function installed(source: string): string {
  const folder = tempFolder()
  put(folder, `node_modules/${name}/index.js`, source)
  return join(folder, 'index.js')
}

describe('loadJpegTurbo', () => {
  it('gives the binding that is installed here', () => {
    expect(loadJpegTurbo().FORMAT_RGB).toEqual(expect.any(Number))
  })

  it.each([
    ['none beside cnn-codes', () => join(tempFolder(), 'index.js')],
    ['that it fails here: No native build was found', () => installed('throw new Error("No native\\n build was found.")')],
    ['that it fails here: decompressSync is missing', () => installed('module.exports = { FORMAT_RGB: 0 }')],
    ['that it fails here: decompressSync is missing', () => installed('module.exports = 0')],
    ['that it fails here: decompressSync is missing', () => installed('module.exports = { decompressSync() {} }')],
  ])('says what to do where it finds %s', async (found, from) => {
    const error = await userErrorOf(() => loadJpegTurbo(from()))
    expect(error.message).toBe(
      `Expected the package ${name} for --decoder fast, found ${found}. Run npm install ${name}, or leave out --decoder.`,
    )
    expect(error.exitCode).toBe(1)
  })
})
