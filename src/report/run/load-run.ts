import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { sha256 } from '../../base/content-file.js'
import { messageOf, UserError } from '../../base/errors.js'
import { fieldsOf, parseJson } from '../../base/json.js'
import { decodeTestResults, type TestResults } from '../../evaluate/test-results.js'
import type { HeadRecord, SavedRun } from './saved-run.js'

/** Files that tell what a folder holds. */
const heads = 'head.json'
const sweeps = 'sweep.json'

/** Whether a folder holds a saved head or a sweep. */
export const isRunFolder = (folder: string) => [heads, sweeps].some((file) => existsSync(join(folder, file)))

/**
 * Reads a saved head or a sweep.
 *
 * @param place its folder, or its head.json or sweep.json.
 * @throws UserError where it is neither, or was saved by an earlier version.
 */
export function loadRun(place: string): SavedRun {
  const folder = resolve(statSync(place).isDirectory() ? place : dirname(place))
  const name = basename(folder)
  const file = [heads, sweeps].map((each) => join(folder, each)).find((each) => existsSync(each))
  if (file === undefined) throw new UserError(`Expected head.json or sweep.json in ${folder}, found neither. Name a saved head or a sweep.`)
  const text = read(file)
  const { format, classReport, points, series, testResults } = fieldsOf(parseJson(text))
  if (basename(file) === sweeps) {
    if (!Array.isArray(points) || !Array.isArray(series)) throw unreadable(file, 'sweep-samples')
    return { kind: 'sweep', name, folder, sweep: JSON.parse(text) }
  }
  if (format !== 2 || !Array.isArray(classReport)) throw unreadable(file, 'train-head')
  const head: HeadRecord = JSON.parse(text)
  return { kind: 'head', name, folder, head, results: resultsOf(folder, fieldsOf(testResults)) }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`Expected to read ${file}, but that is not possible: ${messageOf(error)}. Change its permissions, or name another.`)
  }
}

function unreadable(file: string, command: string): UserError {
  return new UserError(`Expected ${file} as ${command} writes it now, found another format. Run ${command} again.`)
}

function resultsOf(folder: string, { file, sha256: digest }: Readonly<Record<string, unknown>>): TestResults | string {
  if (typeof file !== 'string' || basename(file) !== file) return 'It was saved by a version that kept no results of the test images.'
  try {
    const bytes = readFileSync(join(folder, file))
    if (sha256(bytes) !== digest) return `${file} is not the one that was saved with this head.`
    return decodeTestResults(bytes)
  } catch (error) {
    return `${file} cannot be read: ${messageOf(error)}.`
  }
}
