import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const drive = fileURLToPath(new URL('drive.mjs', import.meta.url))

/**
 * A process that runs the slow stage. `ended` gives its exit code (null when it was killed), its result where it came to one, and
 * what it said on standard error.
 *
 * @param shell commands of bash to run before it, in the same process.
 */
export function run(options, { shell } = {}) {
  const command = [process.execPath, drive, JSON.stringify(options)]
  const [file, ...args] = shell ? ['bash', '-c', `${shell}; exec "$@"`, 'bash', ...command] : command
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' } // as the command line does; it would write on standard error
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text
    })
  }
  const ended = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stderr: said.stderr, result: code === 0 ? JSON.parse(said.stdout) : undefined }))
  })
  return { child, ended }
}
