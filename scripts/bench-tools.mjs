/** What the benchmarks share: programs timed from start to end, medians, options, and what machine it was. */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Runs a program; returns its seconds, peak resident memory in MB (where /usr/bin/time is there), and output. */
export function timed(program, args) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', 'peak=%M', program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`)
  return { seconds: (performance.now() - started) / 1000, peakMB: Number(/peak=(\d+)/.exec(stderr)?.[1]) / 1024, stdout }
}

/** The number behind a word in a program's output. */
export const numberAfter = (word, text) => Number(new RegExp(`${word}\\s+([\\d.]+)`).exec(text)?.[1])

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]

export const machine = { machine: `${cpus().length} × ${cpus()[0]?.model}`, node: process.version }

/** Options with a value, for parseArgs, by their defaults. */
export function withDefaults(defaults) {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }]))
}

/** So many items of a list, evenly from all of it. */
export function evenly(items, count) {
  const all = Math.min(count, items.length)
  return Array.from({ length: all }, (_, at) => items[Math.floor((at * items.length) / all)])
}

/** The two most probable classes may be this close for another one to be as good. */
const close = 2e-3

/** Two classifiers' probabilities of images: how many have the same class, how many another while the two best were close, and the largest difference. */
export function agreement(ours, theirs) {
  let [same, closeOnes, largest] = [0, 0, 0]
  for (const [row, own] of ours.entries()) {
    const other = theirs.subarray(row * own.length, (row + 1) * own.length)
    const [first, second] = own.toSorted().slice(-2).toReversed()
    for (const [at, value] of own.entries()) largest = Math.max(largest, Math.abs(value - other[at]))
    if (own.indexOf(first) === other.indexOf(other.reduce((a, b) => Math.max(a, b)))) same++
    else if (first - second < close) closeOnes++
  }
  return { same, close: closeOnes, largestDifference: largest }
}
