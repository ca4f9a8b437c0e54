import type { IncomingMessage, ServerResponse } from 'node:http'
import { comeBack, HttpError } from './http-error.js'

/** Bodies of the largest size that may be held at a time; others wait outside. */
const largestAtOnce = 16

/** Bounds the memory of the bodies that all connections together may send: before one is read, its place is taken. */
export class BodyBudget {
  readonly #maxBody: number
  #held = 0

  constructor(maxBody: number) {
    this.#maxBody = maxBody
  }

  /**
   * Takes the place of a request's body until it is answered or gone; one that does not say its length takes that of the largest.
   *
   * @throws HttpError 413 for a body that is too large, 503 where there is no room now.
   */
  take({ headers }: IncomingMessage, answer: ServerResponse): void {
    const declared = Number(headers['content-length'] ?? Number.NaN)
    if (declared > this.#maxBody) throw tooLarge(this.#maxBody)
    const bytes = Number.isNaN(declared) ? this.#maxBody : declared
    if (this.#held + bytes > largestAtOnce * this.#maxBody)
      throw comeBack('Expected fewer bytes at a time, found other requests’ bodies. Try again in a second.')
    this.#held += bytes
    answer.once('close', () => {
      this.#held -= bytes
    })
  }
}

export const tooLarge = (maxBody: number) =>
  new HttpError(413, `Expected a body of at most ${maxBody} bytes, found more. Send smaller images, or start the server with --max-body.`)
