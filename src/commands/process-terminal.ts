import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import cliProgress from 'cli-progress'
import type { LiveDisplay, ProgressDisplay, Terminal } from './terminal.js'

/** The slice of a process that a terminal needs. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  readonly argv: readonly string[]
}

/** Milliseconds between the plain lines where there is no terminal. */
const lineInterval = 5000

/** The terminal of a process. */
export function processTerminal({ stdin, stdout, stderr, env, argv }: Streams, interruptible: () => AbortSignal): Terminal {
  let live: ReturnType<typeof liveDisplay> | undefined
  return {
    words: argv.slice(2),
    input: () => text(stdin),
    print: (text) => void stdout.write(`${text}\n`),
    note(text) {
      live?.leave()
      stderr.write(`${text}\n`)
    },
    progress: () => (stderr.isTTY && env.TERM !== 'dumb' ? progressBar(stderr) : progressLines(stderr)),
    live: () => (live = liveDisplay(stderr, env)),
    interruptible,
  }
}

function liveDisplay(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): LiveDisplay & { leave(): void } {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb'
  let lines = 0
  return {
    width: stream.columns || 80,
    rows: stream.rows ?? 24,
    colour: isTerminal && !env.NO_COLOR,
    show({ line, picture }) {
      if (!isTerminal) return void stream.write(`${line}\n`)
      // Up over the last picture, and clear from there.
      stream.write(`${lines > 0 ? `\x1b[${lines}A\x1b[J` : ''}${picture}\n`)
      lines = rowsOf(picture, stream.columns || 80)
    },
    /** Something else was written: the next picture begins below it. */
    leave() {
      lines = 0
    },
  }
}

/** Rows that a text takes on a terminal, long lines more than one. */
function rowsOf(text: string, width: number): number {
  return text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / width)), 0)
}

function progressBar(stream: NodeJS.WriteStream): ProgressDisplay {
  const format = '{bar} {percentage}% | {value}/{total} | {note}'
  const bar = new cliProgress.SingleBar(
    { stream, format, hideCursor: false, clearOnComplete: true, stopOnComplete: false, fps: 8 },
    cliProgress.Presets.shades_classic,
  )
  let started = false
  return {
    update(done, total, note) {
      if (!started) bar.start(total, done, { note })
      started = true
      bar.setTotal(total)
      bar.update(done, { note })
    },
    stop() {
      bar.stop()
      started = false
    },
  }
}

function progressLines(stream: NodeJS.WriteStream): ProgressDisplay {
  let last: number | undefined
  return {
    update(done, total, note) {
      const now = performance.now()
      last ??= now
      if (now - last < lineInterval) return
      last = now
      stream.write(`${done}/${total} ${note}\n`)
    },
    stop() {
      last = undefined
    },
  }
}
