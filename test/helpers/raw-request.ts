import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RawOptions {
  /** Says that nothing more comes, once all is sent. */
  readonly half?: boolean
}

/** Sends bytes, however wrong, to this machine's port, and gives the first answer; undefined where the connection ends without one. */
export function rawRequest(port: number, bytes: string | Uint8Array, { half = false }: RawOptions = {}): Promise<RawAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const answer = parse(received)
      if (!answer) return
      socket.destroy()
      resolve(answer)
    })
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => resolve(undefined))
    const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    if (half) socket.end(sent)
    else socket.write(sent)
  })
}

function parse(received: Buffer): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = received.toString('latin1', 0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  const body = received.subarray(end + 4)
  if (body.length < Number(headers['content-length'] ?? 0)) return undefined
  return { status: Number(first.split(' ')[1]), headers, body: body.toString('utf8') }
}
