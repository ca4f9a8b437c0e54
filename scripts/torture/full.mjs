import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { contentOf, differences, isNone } from './content.mjs'
import { run } from './run.mjs'

/** A disk of 40 MB fills up in the middle of a run; then there is room again. Where none can be mounted, files may not grow instead. */
export async function full(context) {
  const disk = join(context.work, 'disk')
  mkdirSync(disk)
  const isMounted = mount('size=40m', disk)
  try {
    return isMounted ? await fillDisk(context, disk) : await limitFiles(context, disk)
  } finally {
    if (isMounted) spawnSync('umount', ['--lazy', disk])
    rmSync(disk, { recursive: true, force: true })
  }
}

function mount(options, disk) {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0
}

async function fillDisk(context, disk) {
  const options = { ...context.options, cache: join(disk, 'cache') }
  const first = await run(options).ended
  const kept = keptOf(options, context)
  if (!mount('remount,size=80%', disk)) throw new Error('Expected to enlarge the disk')
  return { how: 'a tmpfs of 40 MB', ...(await goOn({ first, kept, options }, context)) }
}

/** No file may become larger than half of a shard: EFBIG in the place of ENOSPC. What was finished before has to stay. */
async function limitFiles(context, disk) {
  const options = { ...context.options, cache: join(disk, 'cache') }
  const before = run(options)
  while (keptOf(options, context).codes === 0 && before.child.exitCode === null) await sleep(50)
  before.child.kill('SIGKILL')
  await before.ended
  const limit = Math.floor(options.shardLimits.bytes / 2 / 1024)
  const first = await run({ ...options, workers: 1 }, { shell: `ulimit -f ${limit}` }).ended
  const how = 'simulated: no file may grow beyond half of a shard (mounting is not allowed here; try unshare -rm)'
  return { how, ...(await goOn({ first, kept: keptOf(options, context), options }, context)) }
}

/** What a failed run left: only whole shards, and only right codes. */
function keptOf({ cache }, { fingerprint, expected }) {
  const { codes, halves, orphans } = contentOf(cache, fingerprint)
  const wrong = [...codes].filter(([image, code]) => expected.codes.get(image) !== code).length
  return { codes: codes.size, orphans, halves, wrong }
}

/** The next run, with room. */
async function goOn({ first, kept, options }, context) {
  const second = await run(options).ended
  const lines = first.stderr.trimEnd().split('\n')
  const counts = {
    notFailed: first.code === 1 ? 0 : 1,
    moreThanOneLine: lines.length - 1,
    notExplained: /^Expected .*finished work is kept/.test(lines[0]) ? 0 : 1,
    nothingKept: kept.codes > 0 ? 0 : 1,
    halves: kept.halves,
    wrong: kept.wrong,
    failed: second.code === 0 ? 0 : 1,
    // Orphans are taken up.
    computedTwice: Math.max(0, (second.result?.computed ?? 0) - (context.expected.codes.size - kept.codes)),
    ...(await differences(options, context)),
  }
  return { same: isNone(counts), message: lines.join('\n'), kept: kept.codes, orphans: kept.orphans, ...(!isNone(counts) && { counts }) }
}
