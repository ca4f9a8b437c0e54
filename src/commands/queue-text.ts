import { oneLine } from '../base/one-line.js'
import type { QueueCodesResult, QueueProgress } from '../distribute/options.js'
import type { QueueStatus } from '../distribute/queue-status.js'
import { age, count, counted, duration } from './format.js'

/** What stands behind the bar while workers code. */
export function queueNote({ rate, secondsLeft, quarantined, workers }: QueueProgress): string {
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`
  const bad = quarantined > 0 ? `, ${count(quarantined)} quarantined` : ''
  return workers === 0 ? `no worker yet${bad}` : `${rate.toFixed(0)} images/s by ${counted(workers, 'worker')}${left}${bad}`
}

/** What was handed out, for people. */
export function detachedText({ computed, cached, leases, run }: QueueCodesResult): string {
  return `Run ${run}: ${counted(leases, 'lease')} in the queue; ${counted(computed + cached, 'image')} coded so far. The same command with --status looks after them; without --detach it enters their codes.`
}

/** A queue for people. */
export function statusText({ runs, workers }: QueueStatus, now = Date.now()): string {
  const none = runs.length === 0 ? ['No run is in the queue.'] : []
  const told = runs.map(
    ({ run, data, models, waiting, active, delayed, reported }) =>
      `Run ${run}: ${oneLine(data)}, ${models.map(oneLine).join(', ')}: ${counted(waiting, 'lease')} waiting, ${count(active)} with workers, ${count(delayed)} to be tried again, ${count(reported)} done and not yet entered`,
  )
  const heads = workers.length === 0 ? ['No worker is there. Start some: npm run worker -- --queue URL --root DIR'] : []
  const each = workers.map(({ name, images, leases, rate, at }) => {
    const [host = '', pid = ''] = name.split('~')
    return `  ${oneLine(host)}, process ${oneLine(pid)}: ${counted(images, 'image')} in ${counted(leases, 'lease')}, ${rate.toFixed(0)} images/s, heard of ${age(now - at)}`
  })
  return [...none, ...told, ...heads, ...each].join('\n')
}
