import { visibleText } from '../../base/visible-text.js'

/** A request that was answered. */
export interface AnsweredRequest {
  /** Who asked, as the connection says. */
  readonly from: string | undefined
  /** Undefined where the request could not be read. */
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly status: number
  readonly milliseconds?: number | undefined
}

/** More of a path than this is noise. */
const longest = 200

/** A line of the log; what a client wrote is shown with its control characters escaped. */
export function requestLine({ from = '-', method = '-', url = '-', status, milliseconds }: AnsweredRequest, now: Date): string {
  const path = url.length > longest ? `${url.slice(0, longest)}…` : url
  const time = milliseconds === undefined ? '-' : `${Math.round(milliseconds)} ms`
  return visibleText(`${now.toISOString()} ${from} ${method} ${path.replaceAll(' ', '\\u0020')} ${status} ${time}`)
}
