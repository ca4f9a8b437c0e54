import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { freePort } from './free-port.js'
import { tempFolder } from './temp-folder.js'

/** Where Redis is: REDIS_SERVER, or redis-server on PATH; undefined where there is none. */
export const redisPath: string | undefined =
  process.env.REDIS_SERVER ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path))

if (redisPath === undefined) process.stderr.write('No redis-server on PATH nor in REDIS_SERVER: queues are not tested.\n')

const running = new Set<RedisServer>()
afterAll(() => Promise.all([...running].map((server) => server.kill())))

/** A Redis of its own, on a free port, that writes every command to the disk; ended after the tests of the file. */
export class RedisServer {
  readonly port: number
  readonly #folder = tempFolder()
  readonly #more: readonly string[]
  #process: ChildProcess | undefined

  private constructor(port: number, more: readonly string[]) {
    this.port = port
    this.#more = more
  }

  /** @param more words of its command line: `--requirepass secret`. */
  static async start(...more: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), more)
    running.add(server)
    await server.restart()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it again with what it had written. */
  async restart(): Promise<void> {
    const words = ['--port', String(this.port), '--dir', this.#folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
    this.#process = spawn(redisPath ?? '', [...words, ...this.#more], { stdio: 'ignore' })
    for (let at = 0; at < 200; at++) {
      if (await answers(this.port)) return
      await setTimeout(50)
    }
    throw new Error(`Expected a Redis on port ${this.port}`)
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve))
    if (this.#process?.kill('SIGKILL')) await ended
    this.#process = undefined
    running.delete(this)
  }

  /** Keys that are left in it. */
  async keys(): Promise<string[]> {
    const redis = new Redis(this.url)
    const keys = await redis.keys('*')
    redis.disconnect()
    return keys.sort()
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
