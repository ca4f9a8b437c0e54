import { Busboy } from '@fastify/busboy'
import { HttpError } from './http-error.js'

/** An image that was sent. */
export interface SentImage {
  /** As the sender calls it; null where it has no name. */
  readonly file: string | null
  readonly bytes: Buffer
}

/** Parts of a form that are no files: few, short, and not used. */
const fields = 16
const fieldSize = 4096

/**
 * The images of a request's whole body: the body itself, or the files of a form.
 *
 * @param files most images of one request.
 * @throws HttpError 400 where there is none or the form is cut, 413 where there are too many.
 */
export async function readImages(body: unknown, contentType: string, files: number): Promise<SentImage[]> {
  if (!Buffer.isBuffer(body) || body.length === 0) throw noImage('an empty body')
  if (!/^multipart\//i.test(contentType)) return [{ file: null, bytes: body }]
  const images = await filesOf(body, contentType, files)
  if (images.length === 0) throw noImage('a form without a file')
  const empty = images.findIndex(({ bytes }) => bytes.length === 0)
  if (empty >= 0) throw noImage(images.length === 1 ? 'an empty file' : `file ${empty + 1} of ${images.length} empty`)
  return images
}

function filesOf(body: Buffer, contentType: string, files: number): Promise<SentImage[]> {
  return new Promise((resolve, reject) => {
    const images: SentImage[] = []
    const limits = { files, fields, fieldSize, parts: files + fields, headerPairs: 32, headerSize: 16_384 }
    const form = openForm(contentType, limits)
    form.on('file', (_field, stream, file) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => images.push({ file: file || null, bytes: Buffer.concat(chunks) }))
      stream.on('error', () => reject(cutForm()))
    })
    const tooMany = (what: string) => reject(new HttpError(413, `Expected a form of at most ${what}, found more. Send several requests.`))
    form.on('filesLimit', () => tooMany(`${files} files`))
    form.on('fieldsLimit', () => tooMany(`${fields} fields beside the files`))
    form.on('partsLimit', () => tooMany(`${files + fields} parts`))
    form.on('error', () => reject(cutForm()))
    form.on('finish', () => resolve(images))
    form.end(body)
  })
}

function openForm(contentType: string, limits: Readonly<Record<string, number>>) {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits })
  } catch {
    throw new HttpError(400, 'Expected a form with a boundary in its Content-Type, found none.')
  }
}

const cutForm = () => new HttpError(400, 'Expected a whole multipart form, found one that is cut or malformed.')
const noImage = (found: string) => new HttpError(400, `Expected an image, found ${found}. Send its bytes, or a form with files.`)
