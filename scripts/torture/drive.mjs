/** Runs the slow stage with the options of the first argument, in JSON: prints the result, or the message of a failure with exit code 1. */
import { extractCodes, UserError } from '../../dist/index.js'

try {
  process.stdout.write(JSON.stringify(await extractCodes(JSON.parse(process.argv[2] ?? '{}'))))
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`${error instanceof UserError ? error.message : (error?.stack ?? error)}\n`)
}
