import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { describeBytes, sniffFormat } from '../../src/images/sniff.js'

const bytes = (latin1: string) => Buffer.from(latin1, 'latin1')
const fixture = (name: string) => readFile(new URL(`../fixtures/images/${name}`, import.meta.url))

describe('sniffFormat', () => {
  it.each([
    ['an empty file', ''],
    ['text', 'this is not an image\n'],
    ['text', 'JFIF'],
    ['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['an SVG drawing', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="1">'],
    ['an HTML page', '<!doctype html><title>404</title>'],
    ['a PDF document', '%PDF-1.7\n%\xe2\xe3\xcf\xd3'],
    ['a BMP image', 'BM\x36\0\0\0'],
    ['an HEIC image', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['an HEIC image', '\0\0\0\x14ftypmif1\0\0\0\0heic'],
    ['an MP4 file or one of its kin', '\0\0\0\x14ftypisom\0\0\x02\0mp41'],
    ['a JPEG XL image', '\xff\x0a\0\0'],
    ['a ZIP archive', 'PK\x03\x04'],
    ['unknown data', '\x00\x01\x02\x03'],
    ['unknown data', 'RIFF\x24\0\0\0WAVEfmt '],
    ['unknown data', 'RIFX\x24\0\0\0WEBPVP8 '],
    ['unknown data', '\xff\xd8'],
    ['unknown data', '\x89PNG\n\x1a\n'],
  ])('refuses %s', (found, latin1) => {
    expect(sniffFormat(bytes(latin1))).toBeUndefined()
    expect(describeBytes(bytes(latin1))).toBe(found)
  })

  it.each([
    ['jpeg', '\xff\xd8\xff\xe0'],
    ['png', '\x89PNG\r\n\x1a\n'],
    ['gif', 'GIF87a'],
    ['gif', 'GIF89a'],
    ['webp', 'RIFF\x24\0\0\0WEBPVP8 '],
    ['tiff', 'II*\0'],
    ['tiff', 'MM\0*'],
    ['avif', '\0\0\0\x1cftypavif\0\0\0\0mif1miaf'],
    ['avif', '\0\0\0\x1cftypmif1\0\0\0\0miafavif'],
  ])('knows %s', (format, latin1) => {
    expect(sniffFormat(bytes(latin1))).toBe(format)
  })

  it('goes by the content, whatever the name says', async () => {
    expect(sniffFormat(await fixture('bad-text.jpg'))).toBeUndefined()
    expect(sniffFormat(await fixture('face.gif'))).toBe('gif')
    expect(sniffFormat(await fixture('bad-truncated.jpg'))).toBe('jpeg')
  })

  it('looks at a view, not at the memory around it', () => {
    expect(sniffFormat(bytes('xGIF89a').subarray(1))).toBe('gif')
    expect(sniffFormat(bytes('GIF89a').subarray(0, 5))).toBeUndefined()
  })
})
