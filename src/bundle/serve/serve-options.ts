import { usageError } from '../../base/errors.js'
import type { CrewOptions } from '../../extract/worker-setup.js'

export interface ServeOptions extends CrewOptions {
  /** Name of a head in the cache, or folder of a bundle. */
  readonly bundle: string
  /** Default `cache`. */
  readonly cache?: string | undefined
  /** Address to listen at, default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default 8080; 0: one that is free. */
  readonly port?: number | undefined
  /** File with the token that requests must bear; needed beyond loopback. */
  readonly tokenFile?: string | undefined
  /** Names, beside those of the loopback and the address listened at, under which the server may be asked for. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Where the likeliest label's probability is below, no label is told. Default 0. */
  readonly abstain?: number | undefined
  /** Images in a run of the network, default what suits the device. */
  readonly batch?: number | undefined
  /** Largest body of a request in bytes, default 20,000,000. */
  readonly maxBody?: number | undefined
  /** Images of more pixels are refused, default 64,000,000. */
  readonly pixelLimit?: number | undefined
  /** Seconds in which a request must have come whole, and then those in which it must be answered. Default 30. */
  readonly timeout?: number | undefined
  /** Most images that wait for a thread; beyond it requests are refused with 503. Default 256. */
  readonly queue?: number | undefined
  /** Given up before the server listens. */
  readonly signal?: AbortSignal | undefined
  /** A line for each request that was answered, nothing in it but printable characters. */
  readonly onLine?: ((line: string) => void) | undefined
}

export const defaults = {
  cache: 'cache',
  host: '127.0.0.1',
  port: 8080,
  allowedHosts: [],
  abstain: 0,
  maxBody: 20_000_000,
  pixelLimit: 64_000_000,
  timeout: 30,
  queue: 256,
} as const

type Default = keyof typeof defaults

/** Options with their defaults. */
export type CheckedOptions = Omit<ServeOptions, Default> & { readonly [K in Default]: NonNullable<ServeOptions[K]> }

/** Fills in the defaults, and refuses what the command line would refuse too. */
export function checkServeOptions(given: ServeOptions): CheckedOptions {
  const or = <K extends Default>(name: K) => given[name] ?? defaults[name]
  const [port, abstain, timeout] = [or('port'), or('abstain'), or('timeout')]
  const [maxBody, pixelLimit, queue] = [or('maxBody'), or('pixelLimit'), or('queue')]
  if (!Number.isSafeInteger(port) || port < 0 || port > 65_535) throw usageError('--port', 'a whole number from 0 to 65535', port)
  if (!(abstain >= 0 && abstain <= 1)) throw usageError('--abstain', 'a probability from 0 to 1', abstain)
  if (!(timeout >= 1 && timeout <= 3600)) throw usageError('--timeout', 'from 1 to 3600 seconds', timeout)
  for (const [flag, value] of Object.entries({ '--max-body': maxBody, '--pixel-limit': pixelLimit, '--queue': queue })) {
    if (!Number.isSafeInteger(value) || value < 1) throw usageError(flag, 'a whole number above 0', value)
  }
  const texts = { cache: or('cache'), host: or('host'), allowedHosts: or('allowedHosts') }
  return { ...given, ...texts, port, abstain, timeout, maxBody, pixelLimit, queue }
}
