import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A Redis of its own (redis-server on the PATH, or REDIS_SERVER) on a free port, that keeps what it has in a folder. */
export async function startRedis(folder) {
  const port = await freePort()
  const words = ['--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec']
  let child
  const start = async () => {
    child = spawn(process.env.REDIS_SERVER ?? 'redis-server', words, { stdio: 'ignore' })
    child.on('error', () => undefined)
    for (let at = 0; at < 100; at++) {
      if (await isOpen(port)) return
      await sleep(50)
    }
    throw new Error('Expected redis-server on the PATH or in REDIS_SERVER (Debian: apt install redis-server)')
  }
  const end = (signal) =>
    new Promise((resolve) => {
      child.once('exit', resolve)
      if (!child.kill(signal)) resolve()
    })
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: start,
    /** What a command answers. */
    async ask(...command) {
      const redis = new Redis(port)
      try {
        return await redis.call(...command)
      } finally {
        redis.disconnect()
      }
    },
  }
}

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (open) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
