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
