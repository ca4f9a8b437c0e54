import type { CommandModule, InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { single } from './option-values.js'
import type { ExitCode, Terminal } from './terminal.js'

type OptionTable = Readonly<Record<string, Options>>
type PositionalTable = Readonly<Record<string, PositionalOptions>>

/** A command of the tool: its options as yargs knows them, and what it does with them. */
export interface CommandSpec<O extends OptionTable, P extends PositionalTable> {
  /** With its arguments, as in 'show <model>'; several names when it has several, `$0` where it is its group's default. */
  readonly name: string | readonly string[]
  readonly describe: string
  /** The arguments without dashes, by their names in `name`. */
  readonly positionals?: P
  readonly options: O
  /** [command line behind `cnn-codes`, what it does] */
  readonly examples: readonly (readonly [string, string])[]
  run(args: InferredOptionTypes<O> & InferredOptionTypes<P>, terminal: Terminal): Promise<ExitCode>
}

/** A command bound to a terminal; `done` receives its exit code. */
export type CommandFactory = (terminal: Terminal, done: (code: ExitCode) => void) => CommandModule

export function command<O extends OptionTable, P extends PositionalTable = Record<never, never>>(spec: CommandSpec<O, P>): CommandFactory {
  return (terminal, done) => ({
    command: spec.name,
    describe: spec.describe,
    builder: (yargs) => {
      const withExamples = spec.examples.reduce((built, [line, says]) => built.example(`cnn-codes ${line}`, says), yargs)
      const withPositionals = Object.entries(spec.positionals ?? {}).reduce((built, [name, as]) => built.positional(name, as), withExamples)
      return withPositionals.options(once(spec.options))
    },
    handler: async (args) => {
      // yargs has checked and converted the arguments by these very options.
      done(await spec.run(args as InferredOptionTypes<O> & InferredOptionTypes<P>, terminal))
    },
  })
}

/**
 * Commands that go by a common name: `models list`, `models show`, … The one that is also named `$0` runs when none is given.
 *
 * @param load gives them, when one of them or the help is asked for: other commands need not wait for what they import.
 */
export function commandGroup(name: string, describe: string, load: () => Promise<readonly CommandFactory[]>): CommandFactory {
  return (terminal, done) => ({
    command: name,
    describe,
    builder: async (yargs) => (await load()).reduce((built, part) => built.command(part(terminal, done)), yargs),
    handler: () => undefined,
  })
}

/** Options that may be given only once, unless they say themselves what to do with several values, and only with a value, but for switches. */
function once(options: OptionTable): Record<string, Options> {
  const strict = (name: string, { type }: Options): Options => ({ coerce: single(name), requiresArg: type !== 'boolean' })
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...strict(name, option), ...option }]))
}
