import { type FileHandle, open } from 'node:fs/promises'

export interface FetchOptions {
  /** More bytes than this are refused. */
  readonly maxBytes: number
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Bytes there so far; `total` where the server says it. */
export interface Progress {
  readonly received: number
  readonly total: number | undefined
}

/** An answer that trying again would not change. */
export class RefusedDownload extends Error {
  override readonly name = 'RefusedDownload'
}

/**
 * Fetches `url` into the file at `path`, going on where that file ends if the server can (HTTP Range), and from its beginning if not.
 *
 * @throws RefusedDownload on an error status or too many bytes; whatever fetch throws when the connection fails.
 */
export async function fetchToFile(url: string, path: string, options: FetchOptions): Promise<void> {
  const file = await open(path, 'a')
  try {
    const start = (await file.stat()).size
    const response = await request(url, start, options.signal)
    const from = placeOf(response, start)
    await file.truncate(from)
    const total = totalOf(response, from)
    await append(file, response, { ...options, from, total })
    await file.sync()
  } finally {
    await file.close()
  }
}

/** `identity`: a part of an encoded body could not be gone on with. */
async function request(url: string, start: number, signal: AbortSignal | undefined): Promise<Response> {
  const headers = { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) }
  const response = await fetch(url, { headers, signal: signal ?? null })
  if (response.status !== 416) return response
  await response.body?.cancel()
  return request(url, 0, signal) // what is there is no part of the file
}

/** Where in the file the body belongs. */
function placeOf({ status, statusText, headers }: Response, start: number): number {
  if (status === 200) return 0
  const range = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')
  if (status === 206 && Number(range?.[1]) === start) return start
  throw new RefusedDownload(`the server answered ${status} ${statusText}`.trimEnd())
}

function totalOf({ headers }: Response, from: number): number | undefined {
  const length = headers.get('content-length')
  return length === null ? undefined : from + Number(length)
}

interface Append extends FetchOptions {
  readonly from: number
  readonly total: number | undefined
}

async function append(file: FileHandle, { body }: Response, { from, total, maxBytes, onProgress }: Append): Promise<void> {
  const refuseBeyond = (bytes: number) => {
    if (bytes > maxBytes) throw new RefusedDownload(`the server sends ${bytes} bytes or more, where at most ${maxBytes} are due`)
  }
  refuseBeyond(total ?? 0)
  let received = from
  for await (const bytes of body ?? []) {
    received += bytes.length
    refuseBeyond(received)
    await file.appendFile(bytes)
    onProgress?.({ received, total })
  }
  if (total !== undefined && received !== total) throw new Error(`the download broke off after ${received} of ${total} bytes`)
}
