/** Small files that unfold to huge images, or say that they do. */
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** { name, bytes, status }: what `serve` answers with its usual limit of 64,000,000 pixels. */
export async function bombs() {
  const flat = (format, width, height) =>
    sharp({ create: { width, height, channels: 3, background: 'navy' }, limitInputPixels: false })
      .toFormat(format)
      .toBuffer()
  return [
    { name: 'png of 12000 × 12000', bytes: await flat('png', 12_000, 12_000), status: [413] },
    { name: 'jpeg of 12000 × 12000', bytes: await flat('jpeg', 12_000, 12_000), status: [413] },
    { name: 'webp of 16000 × 16000', bytes: await flat('webp', 16_000, 16_000), status: [413] },
    {
      name: 'tiff of 9000 × 9000',
      bytes: await sharp(await flat('png', 9000, 9000))
        .tiff({ compression: 'lzw' })
        .toBuffer(),
      status: [413],
    },
    { name: 'png that says 60000 × 60000', bytes: pngSaying(60_000, 60_000), status: [413] },
    { name: 'png that says 2147483647 × 2147483647', bytes: pngSaying(2 ** 31 - 1, 2 ** 31 - 1), status: [413, 422] },
    { name: 'gif that says 65535 × 65535', bytes: gifSaying(65_535, 65_535), status: [413, 422] },
    { name: 'png of 7000 × 7000, within the limit', bytes: await flat('png', 7000, 7000), status: [200] },
    { name: 'png of 1 × 70000', bytes: await flat('png', 1, 70_000), status: [413] },
  ]
}

function pngSaying(width, height) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc(1_000_000))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(data.length + 12)
  whole.writeUInt32BE(data.length, 0)
  whole.set(body, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** Source: PNG specification, annex D, without its table. */
function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/** A first frame of one pixel's data on a screen as large as said. */
function gifSaying(width, height) {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\0\0\0\0\0\x02\x02D\x01\0;', 'latin1')
  for (const at of [6, 24]) {
    head.writeUInt16LE(width, at)
    head.writeUInt16LE(height, at + 2)
  }
  return head
}
