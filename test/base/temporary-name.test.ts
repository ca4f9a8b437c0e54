import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisHost } from '../../src/base/process-name.js'
import { clearAbandoned, isAbandoned, temporaryName } from '../../src/base/temporary-name.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** The largest process id of Linux: no process has it here. */
const dead = `.tmp~${thisHost()}~4194304~x`

describe('temporaryName', () => {
  it('tells its writer and is never the same', () => {
    expect(temporaryName()).toMatch(new RegExp(`^\\.tmp~${thisHost().replace('+', '\\+')}~${process.pid}~[0-9a-f-]{36}$`))
    expect(temporaryName()).not.toBe(temporaryName())
    expect(isAbandoned(temporaryName())).toBe(false)
  })
})

describe('clearAbandoned', () => {
  it('removes the files of dead writers and nothing else', () => {
    const folder = tempFolder()
    const own = temporaryName()
    for (const name of [dead, own, 'file']) writeFileSync(join(folder, name), 'text')
    clearAbandoned(folder)
    expect(readdirSync(folder)).toEqual([own, 'file'])
  })

  it('goes on where there is nothing to remove, or it cannot be', () => {
    const folder = tempFolder()
    clearAbandoned(join(folder, 'gone'))
    mkdirSync(join(folder, dead))
    clearAbandoned(folder)
    expect(readdirSync(folder)).toEqual([dead])
  })
})

describe('isAbandoned', () => {
  it.each([
    ['of a dead writer', `.tmp~${thisHost()}~4194304~x`, true],
    ['of this process', `.tmp~${thisHost()}~${process.pid}~x`, false],
    ['of another process', `.tmp~${thisHost()}~1~x`, false],
    ['of another machine', '.tmp~elsewhere~4194304~x', false],
    ['without a writer', `.tmp~${thisHost()}~who~x`, true],
    ['that is a shard', `${'ab'.repeat(32)}.arrow`, false],
    ['of someone else', '.tmp', false],
  ])('a file %s', (_, file, expected) => expect(isAbandoned(file)).toBe(expected))
})
