/**
 * A client of HTTP/1.1 that costs little beside the server: one connection, one request at a time, answers read by Content-Length.
 * Bytes go out as they are given, so that a request may be as wrong as it likes.
 */
import { connect } from 'node:net'

/** A connection; `ask` sends bytes and resolves to the answer, undefined where the connection ends without one. */
export class PlainClient {
  #socket
  #received = Buffer.alloc(0)
  #settle

  constructor(port, host = '127.0.0.1') {
    this.#socket = connect({ port, host, noDelay: true })
    this.#socket.on('data', (bytes) => this.#take(bytes))
    this.#socket.on('error', () => undefined) // 'close' follows
    this.#socket.on('close', () => this.#done(undefined))
  }

  get isOpen() {
    return !this.#socket.destroyed
  }

  /** Sends, and waits for an answer: { status, body }. */
  ask(...parts) {
    return new Promise((resolve) => {
      this.#settle = resolve
      if (this.#socket.destroyed) return this.#done(undefined)
      for (const part of parts) this.#socket.write(part)
    })
  }

  write(part) {
    this.#socket.write(part)
  }

  /** Says that nothing more comes, and goes on listening. */
  end() {
    this.#socket.end()
  }

  close() {
    this.#socket.destroy()
  }

  #take(bytes) {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end)
    const status = Number(head.slice(9, 12))
    if (status === 100) {
      this.#received = this.#received.subarray(end + 4)
      return this.#take(Buffer.alloc(0))
    }
    const whole = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < whole) return
    const body = this.#received.toString('utf8', end + 4, whole)
    this.#received = this.#received.subarray(whole)
    this.#done({ status, head, body })
  }

  #done(answer) {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(answer)
  }
}

/** The head of a request whose body is an image. */
export function imageHead(length, { path = '/predict', type = 'image/jpeg', host = 'localhost' } = {}) {
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`
}
