import { type FileHandle, open } from 'node:fs/promises'
import { errorCode, messageOf } from '../base/errors.js'

export interface FetchOptions {
  /** More bytes than this are refused. */
  readonly maxBytes: number
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** A connection on which nothing arrives for so many milliseconds is given up. Default 60,000. */
  readonly patience?: number | undefined
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
  const watch = watchdog(options)
  try {
    const start = (await file.stat()).size
    const response = await request(url, start, watch.signal)
    const from = placeOf(response, start)
    await file.truncate(from)
    const total = totalOf(response, from)
    await append(file, response, { ...options, from, total, onBytes: watch.feed })
    await file.sync()
  } finally {
    watch.stop()
    await file.close()
  }
}

/** A signal that aborts with the caller's, or when it is not fed for too long. */
function watchdog({ signal, patience = 60_000 }: FetchOptions) {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`nothing arrived for ${patience / 1000} s`)), patience)
  return {
    signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    feed: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  }
}

/** `identity`: a part of an encoded body could not be gone on with. */
async function request(url: string, start: number, signal: AbortSignal): Promise<Response> {
  const headers = { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) }
  const response = await fetch(url, { headers, signal })
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
  readonly onBytes: () => void
}

async function append(file: FileHandle, { body }: Response, { from, total, maxBytes, onProgress, onBytes }: Append): Promise<void> {
  const refuseBeyond = (bytes: number) => {
    if (bytes > maxBytes) throw new RefusedDownload(`the server sends ${bytes} bytes or more, where at most ${maxBytes} are due`)
  }
  refuseBeyond(total ?? 0)
  let received = from
  for await (const bytes of body ?? []) {
    onBytes()
    received += bytes.length
    refuseBeyond(received)
    await file.appendFile(bytes)
    onProgress?.({ received, total })
  }
  if (total !== undefined && received !== total) throw new Error(`the download broke off after ${received} of ${total} bytes`)
}

/** What fetch throws says little; its cause says why, though for several addresses together only by its code. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const reason = cause === undefined ? '' : messageOf(cause) || errorCode(cause)
  return reason || messageOf(error)
}
