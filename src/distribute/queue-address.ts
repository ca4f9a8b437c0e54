import { usageError } from '../base/errors.js'

/** Where a Redis is, and how it is entered. */
export interface QueueAddress {
  /** redis://host:port/database, without credentials: it may be shown. */
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
}

const rule = 'the address of a Redis, redis://host:6379 or rediss://host:6379 (with TLS)'
const secrets = 'Set REDIS_PASSWORD, and REDIS_USERNAME where the Redis has users.'

/**
 * Reads `--queue`. Credentials come from the environment alone: others on a machine can read its command lines.
 *
 * @param environment where REDIS_USERNAME and REDIS_PASSWORD are looked for.
 * @throws UserError for what is no address, and for one with credentials in it, which are not repeated.
 */
export function parseQueueAddress(given: string, environment: Readonly<Record<string, string | undefined>>): QueueAddress {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && (url.username !== '' || url.password !== ''))
    throw usageError('--queue', 'without a user and a password, since others can read command lines', withoutSecrets(url), secrets)
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') throw usageError('--queue', rule, given)
  if (!/^\/?\d*$/.test(url.pathname)) throw usageError('--queue', `${rule}, with a number behind the host or nothing`, given)
  return { url: url.href, username: environment.REDIS_USERNAME, password: environment.REDIS_PASSWORD }
}

function withoutSecrets({ protocol, host, pathname }: URL): string {
  return `${protocol}//…@${host}${pathname}`
}
