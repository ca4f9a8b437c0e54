import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { contentOf, differences, isNone } from './content.mjs'
import { run } from './run.mjs'

/** Several processes on one cache and the same images: each image is computed once, whoever comes later or dies. */
export async function processes(context) {
  const trials = {
    together: await trial(context, () => ({ delay: 0 })),
    staggered: await trial(context, () => ({ delay: context.random() * 1000 * Math.min(context.seconds, 5) })),
    oneKilled: await trial(context, (at) => ({ delay: 0, killed: at === 0 })),
  }
  return { same: Object.values(trials).every(({ same }) => same), ...trials }
}

/** @param planOf tells of each process after how many milliseconds it starts, and whether it is killed in the middle. */
async function trial(context, planOf) {
  const { options, fingerprint, work, processes: count, random, seconds } = context
  const cache = join(work, 'shared')
  const started = performance.now()
  const ends = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const { delay, killed = false } = planOf(at)
      await sleep(delay)
      const process = run({ ...options, cache })
      if (killed) await Promise.race([process.ended, sleep(1000 * seconds * (0.4 + 0.4 * random()))])
      if (killed) process.child.kill('SIGKILL')
      return { killed, ...(await process.ended) }
    }),
  )
  const { codes, rows } = contentOf(cache, fingerprint)
  const living = ends.filter(({ code }) => code !== null)
  const computed = living.map(({ result }) => result?.computed ?? 0)
  const died = ends.length - living.length
  const counts = {
    failed: living.filter(({ code }) => code !== 0).length,
    notKilled: ends.filter(({ killed, code }) => killed && code !== null).length,
    // What the dead one had finished counts for nobody.
    computedTwice: died > 0 ? Math.max(0, sum(computed) - codes.size) : sum(computed) - codes.size,
    rowsTwice: rows - codes.size,
    ...(await differences({ ...options, cache }, context)),
  }
  rmSync(cache, { recursive: true, force: true })
  const same = isNone(counts)
  return {
    same,
    seconds: (performance.now() - started) / 1000,
    computed,
    ...(!same && { counts, stderr: ends.map(({ stderr }) => stderr) }),
  }
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0)
