import { spawnSync } from 'node:child_process'

/** The Python that tests may use: that of PYTHON, else python3. */
export const python = process.env.PYTHON ?? 'python3'

/** Why tests cannot use Python with these modules, undefined where they can: told with the tests that are skipped. */
export function withoutPython(...modules: readonly string[]): string | undefined {
  const { status } = spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')])
  return status === 0 ? undefined : `${python} has not all of ${modules.join(', ')}; set PYTHON to one that has`
}

/** Runs a program of Python to its end and gives what it printed. */
export function runPython(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
