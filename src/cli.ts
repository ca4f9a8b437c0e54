import { readFileSync } from 'node:fs'
import yargs from 'yargs'
import { UserError } from './base/errors.js'
import { oneLine } from './base/one-line.js'
import { commandsFor } from './commands/index.js'
import { processTerminal } from './commands/process-terminal.js'
import type { ExitCode } from './commands/terminal.js'

/** Ends at once by SIGINT's own action: exiting in order would tear threads out of onnxruntime, which aborts. */
function kill(): void {
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}

/** Ctrl-C, or a system that shuts down, asks once; the second time the process ends. */
function interruptible(): AbortSignal {
  const interrupt = new AbortController()
  let first = 0
  const stop = () => {
    // Behind npm one Ctrl-C arrives twice, from the terminal and from npm: what follows within a second is the same one.
    if (interrupt.signal.aborted && performance.now() - first < 1000) return
    if (interrupt.signal.aborted) return kill()
    first = performance.now()
    process.stderr.write('\nStopping; finished work is kept. Press Ctrl-C again to stop at once.\n')
    interrupt.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return interrupt.signal
}

// A reader that has seen enough (head, less) closes the pipe: that is no failure, and the work goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** What yargs says, on one line, and where to read on. */
function withHelp(message: string): string {
  const line = message.replaceAll(/\s*\n\s*/g, ' ').replace(/\.?$/, '.')
  return line.includes('--help') ? line : `${line} cnn-codes --help tells more.`
}

/** yargs lays out the help behind every command, asked or not: without line breaks it takes 10 ms instead of 40. */
const asksForHelp = process.argv.some((word) => word === '--help' || word === '-h')
const words = process.argv.slice(2)
const terminal = processTerminal(process, interruptible)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

try {
  let code: ExitCode = 0
  const parser = yargs(words)
    .scriptName('cnn-codes')
    .usage('$0 <command> [options]\n\nTransfer learning on images where the expensive part is done once.')
    .demandCommand(1, 1, 'Expected a command, got none. cnn-codes --help lists them.', 'Expected one command, got several.')
    .strict()
    .recommendCommands()
    .version(String(version))
    .help()
    .alias('help', 'h')
    .wrap(asksForHelp ? Math.min(120, process.stderr.columns ?? 100) : null)
    .epilogue(
      'npm run NAME -- … and cnn-codes NAME … are the same. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 images quarantined (--strict), 130 interrupted.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error && error.name !== 'YError' ? error : new UserError(error?.message ?? withHelp(message), 2)
    })
  for (const factory of await commandsFor(words)) {
    const made = factory(terminal, (result) => {
      code = result
    })
    parser.command(made)
  }
  await parser.parseAsync()
  process.exitCode = code
} catch (error) {
  if (error instanceof UserError) {
    process.exitCode = error.exitCode
    process.stderr.write(`cnn-codes: ${oneLine(error.message)}\n`)
  } else if (error instanceof Error && error.name === 'AbortError') {
    process.exitCode = 130 // Ctrl-C before there was anything to keep
  } else {
    process.exitCode = 1
    process.stderr.write(`cnn-codes: this is a defect, please report it.\n${error instanceof Error ? error.stack : String(error)}\n`)
  }
}
