import { createHash, timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { HttpError } from './http-error.js'

/** The slice of a request by which it is let in or not. */
export interface Incoming {
  readonly method: string
  /** What the request line asks for. */
  readonly url: string
  /** The route that it goes to, undefined where there is none. */
  readonly route: string | undefined
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** Address of this machine that the connection came to. */
  readonly localAddress: string | undefined
}

export interface AccessRules {
  /** Names beside the loopback's under which the server may be asked for. */
  readonly allowedHosts: readonly string[]
  /** undefined: none is asked for. */
  readonly token: string | undefined
  /** Routes that need no token. */
  readonly open: readonly string[]
}

/** Whether an address or name is this machine's own and reached by nobody else. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

/**
 * Lets a request in that is meant for this server, does not come from a web page of another site, and knows the token.
 *
 * @throws HttpError 400 where it does not say what host it is for, 403 where host or origin is another, 401 without the token.
 */
export function checkAccess(request: Incoming, rules: AccessRules): void {
  const given = theOnly(request, 'host')
  if (given === undefined) throw new HttpError(400, 'Expected one Host header, found none. Send the name that the server is reached by.')
  // A whole address in the request line counts more. Source: RFC 9112, section 3.2.2.
  const [, host = given] = /^https?:\/\/([^/?#]*)/i.exec(request.url) ?? []
  checkHost(host, request.localAddress, rules)
  if (!isVisit(request)) checkOrigin(request, host)
  if (rules.token !== undefined && !rules.open.includes(request.route ?? '')) checkToken(theOnly(request, 'authorization'), rules.token)
}

/** A page of another site that has its name lead here (DNS rebinding) is told by that name. */
function checkHost(given: string, localAddress: string | undefined, { allowedHosts }: AccessRules): void {
  const name = hostName(given)
  const own = localAddress?.replace(/^::ffff:/, '').replace(/%.*/, '')
  if (name !== undefined && (isLoopback(name) || name === own || allowedHosts.some((host) => host.toLowerCase() === name))) return
  throw new HttpError(
    403,
    `Expected a Host that this server goes by, found ${JSON.stringify(given.slice(0, 100))}. Use localhost, or start the server with --allowed-host.`,
  )
}

/** Browsers say where a request comes from; other programs say nothing, and are no danger. Source: Fetch standard, Fetch Metadata. */
function checkOrigin(request: Incoming, host: string): void {
  const site = theOnly(request, 'sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw notForPages()
  const origin = theOnly(request, 'origin')
  if (origin === undefined) return
  if (![`http://${host}`, `https://${host}`].includes(origin.toLowerCase())) throw notForPages()
}

/** Somebody follows a link to the page: the page with the link sees nothing of it, and cannot frame it. */
function isVisit(request: Incoming): boolean {
  const says = (name: string, value: string) => theOnly(request, name) === value
  const isPage = request.method === 'GET' && request.route === '/' && theOnly(request, 'origin') === undefined
  return isPage && says('sec-fetch-mode', 'navigate') && says('sec-fetch-dest', 'document')
}

const notForPages = () => new HttpError(403, 'Expected a request of this server’s own page or of a program, found one of another web page.')

function checkToken(given: string | undefined, token: string): void {
  const [, said] = /^Bearer +(\S+) *$/i.exec(given ?? '') ?? []
  // Digests are of one length, and tell nothing of how much was right.
  if (said !== undefined && timingSafeEqual(digest(said), digest(token))) return
  throw new HttpError(
    401,
    `Expected the server's token as "Authorization: Bearer …", found ${given === undefined ? 'no such header' : 'another one'}.`,
    { 'www-authenticate': 'Bearer' },
  )
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** The name of "name:port", "[::1]:port" or "name"; undefined for anything else. */
function hostName(host: string): string | undefined {
  const [, six, name] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? []
  return (six ?? name)?.toLowerCase()
}

/** @throws HttpError 400 where a header that only one can count of came twice. */
function theOnly({ rawHeaders }: Incoming, name: string): string | undefined {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
  if (values.length > 1) throw new HttpError(400, `Expected one ${name} header, found ${values.length}.`)
  return values[0]
}
