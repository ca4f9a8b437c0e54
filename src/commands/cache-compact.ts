import { oneLine } from '../base/one-line.js'
import { cacheOption } from '../cache/cache-option.js'
import { type CompactResult, compactCache } from '../cache/compact-cache.js'
import { command } from './command.js'
import { bytes, count, counted } from './format.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

export const cacheCompact = command({
  name: 'compact',
  describe: 'Join small shards into larger ones, and free the disk of codes that are of no use',
  options: { cache: dataOptions.cache, json: dataOptions.json, quiet: dataOptions.quiet },
  examples: [['cache compact', 'shards of 64 MiB in the place of many small ones']],
  async run({ cache, json, quiet }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    const onProgress = (done: number, total: number) => display.update(done, total, 'shards')
    const result = await compactCache({ cache, signal: terminal.interruptible(), onProgress }).finally(() => display.stop())
    for (const { path, reason } of result.damaged) terminal.note(`${oneLine(path)} was left as it is: ${reason}.`)
    if (result.damaged.length > 0) terminal.note(`Drop what is damaged with: npm run cache -- verify --repair${cacheOption(cache)}`)
    terminal.print(json ? JSON.stringify(result) : resultText(result))
    return result.interrupted ? 130 : 0
  },
})

function resultText({ shards, bytes: disk, rows, interrupted }: CompactResult): string {
  const change = `${counted(shards.before, 'shard')} ${shards.before === 1 ? 'has' : 'have'} become ${count(shards.after)}`
  if (interrupted) return `Stopped: ${change}. Run it again to go on.`
  if (shards.before === shards.after && rows === 0) return `Nothing to do: ${counted(shards.after, 'shard')}, ${bytes(disk.after)}.`
  const freed = disk.before - disk.after
  return `${change}, ${bytes(disk.after)}${freed > 0 ? `; ${bytes(freed)} are free again` : ''}.`
}
