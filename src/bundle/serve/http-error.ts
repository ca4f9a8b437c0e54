/** Headers of an answer. */
export type Headers = Readonly<Record<string, string>>

/** A request that is refused: the status and a sentence for whoever sent it. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Headers

  constructor(status: number, sentence: string, headers: Headers = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

/** 503: what was asked for is in order, but not now. */
export const comeBack = (sentence: string) => new HttpError(503, sentence, { 'retry-after': '1' })
