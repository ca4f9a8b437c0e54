import type { Redis } from 'ioredis'
import { fieldsOf, parseJson } from '../base/json.js'
import { type NamedRun, readRun } from './run-description.js'

/** What all keys begin with. */
export const keyPrefix = 'cnn-codes'
const runsKey = `${keyPrefix}:runs`
const workersKey = `${keyPrefix}:workers`

/** Milliseconds without a sign of life after which a worker is no longer listed. */
const silence = 15_000

/** A worker as it says of itself. */
export interface WorkerSign {
  /** host~pid~…, without the part that is only for uniqueness. */
  readonly name: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly images: number
  readonly leases: number
  /** Images per second lately. */
  readonly rate: number
}

/** What is to be done and who does it, as all machines see it. */
export class RunBoard {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async open({ id, text }: NamedRun): Promise<void> {
    await this.#redis.hset(runsKey, id, text)
  }

  async close(id: string): Promise<void> {
    await this.#redis.hdel(runsKey, id)
  }

  /** Ids of the runs that are under way. */
  async ids(): Promise<string[]> {
    return (await this.#redis.hkeys(runsKey)).sort()
  }

  /**
   * A run, undefined where it is over.
   *
   * @throws UserError as `readRun` does.
   */
  async find(id: string): Promise<NamedRun | undefined> {
    const text = await this.#redis.hget(runsKey, id)
    return text === null ? undefined : readRun(id, text)
  }

  /** Gives a sign of life. */
  async sign(sign: WorkerSign): Promise<void> {
    await this.#redis.hset(workersKey, sign.name, JSON.stringify(sign))
  }

  async leave(name: string): Promise<void> {
    await this.#redis.hdel(workersKey, name)
  }

  /** The workers that are alive, in the order of their names; dead ones are forgotten. */
  async workers(now = Date.now()): Promise<WorkerSign[]> {
    const entries = Object.entries(await this.#redis.hgetall(workersKey))
    const signs = entries.map(([name, text]) => ({ name, ...numbersOf(text) }))
    const dead = signs.filter(({ at }) => now - at > silence).map(({ name }) => name)
    if (dead.length > 0) await this.#redis.hdel(workersKey, ...dead)
    return signs.filter(({ name }) => !dead.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

function numbersOf(text: string): Omit<WorkerSign, 'name'> {
  const { at, images, leases, rate } = fieldsOf(parseJson(text))
  return { at: Number(at ?? 0), images: Number(images ?? 0), leases: Number(leases ?? 0), rate: Number(rate ?? 0) }
}
