import type { CommandModule, InferredOptionTypes, Options } from 'yargs'
import { single } from './option-values.js'
import type { ExitCode, Terminal } from './terminal.js'

/** A command of the tool: its options as yargs knows them, and what it does with them. */
export interface CommandSpec<O extends Record<string, Options>> {
  readonly name: string
  readonly describe: string
  readonly options: O
  /** [command line behind `cnn-codes`, what it does] */
  readonly examples: readonly (readonly [string, string])[]
  run(args: InferredOptionTypes<O>, terminal: Terminal): Promise<ExitCode>
}

/** A command bound to a terminal; `done` receives its exit code. */
export type CommandFactory = (terminal: Terminal, done: (code: ExitCode) => void) => CommandModule

export function command<O extends Record<string, Options>>(spec: CommandSpec<O>): CommandFactory {
  return (terminal, done) => ({
    command: spec.name,
    describe: spec.describe,
    builder: (yargs) => {
      const withExamples = spec.examples.reduce((built, [line, says]) => built.example(`cnn-codes ${line}`, says), yargs)
      return withExamples.options(once(spec.options))
    },
    handler: async (args) => {
      // yargs has checked and converted the arguments by these very options.
      done(await spec.run(args as InferredOptionTypes<O>, terminal))
    },
  })
}

/** Options that may be given only once, unless they say themselves what to do with several values. */
function once(options: Readonly<Record<string, Options>>): Record<string, Options> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { coerce: single(name), ...option }]))
}
