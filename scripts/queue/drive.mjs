/** Runs the slow stage through a queue with the options of the first argument, in JSON: prints the result, or why it failed. */
import { queueCodes } from '../../dist/distribute/queue-codes.js'
import { UserError } from '../../dist/index.js'

try {
  process.stdout.write(JSON.stringify(await queueCodes(JSON.parse(process.argv[2] ?? '{}'))))
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`${error instanceof UserError ? error.message : (error?.stack ?? error)}\n`)
}
