import { type Verification, verifyBackbones } from '../backbones/verify-backbone.js'
import { engineInfo } from '../engine/engine-info.js'
import { command } from './command.js'
import { duration } from './format.js'
import { dataOptions } from './options.js'

export const modelsVerify = command({
  name: 'verify [name]',
  describe: 'Run networks with made-up weights and compare with what Keras and torch give: does this machine compute right?',
  positionals: { name: { type: 'string', describe: 'Only this network [default: all, about a second each]' } },
  options: { json: dataOptions.json, quiet: dataOptions.quiet },
  examples: [
    ['models verify', 'all networks; exit code 1 when one fails'],
    ['models verify resnet50', 'one of them'],
  ],
  async run({ name, json, quiet }, terminal) {
    const results: Verification[] = []
    for await (const result of verifyBackbones(name)) {
      results.push(result)
      if (!json) terminal.print(line(result))
      else if (!quiet) terminal.note(line(result))
    }
    const passed = results.every((result) => result.passed)
    const info = engineInfo()
    if (json) terminal.print(JSON.stringify({ passed, ...info, results }))
    else terminal.print(`${passed ? 'All right' : 'NOT right'}: ${info.engine} ${info.version} on ${info.provider}, ${info.cpu}`)
    return passed ? 0 : 1
  },
})

function line({ name, size, cosine, worst, passed, seconds }: Verification): string {
  const what = `${name} at ${size}`.padEnd(26)
  return `${passed ? 'pass' : 'FAIL'}  ${what} cosine ${cosine.toFixed(7)}, worst difference ${worst.toExponential(1)} standard deviations, ${duration(seconds)}`
}
