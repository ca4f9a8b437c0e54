import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeExcludeList } from '../../src/evaluate/exclude-list.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

it('writes a line for each path below the comments', async () => {
  const file = join(tempFolder(), 'list.txt')
  await writeExcludeList(file, ['a/1.png', 'b/ü 2.png'], ['Made by hand.'])
  expect(readFileSync(file, 'utf8')).toBe('# Made by hand.\na/1.png\nb/ü 2.png\n')
})

it.each([' a.png', 'a.png ', '#a.png', 'a\nb.png', 'a\rb.png'])('refuses the path %j, which a list would not give back', async (path) => {
  expect((await userErrorOf(() => writeExcludeList(join(tempFolder(), 'list.txt'), [path], []))).message).toBe(
    `Expected paths that can stand on a line of a list, found ${JSON.stringify(path)}. Rename that file and run codes again.`,
  )
})

it('says where it cannot write', async () => {
  const file = join(tempFolder(), 'none', 'list.txt')
  const { message } = await userErrorOf(() => writeExcludeList(file, [], []))
  expect(message.startsWith(`Expected to write the list ${file}, but that is not possible: ENOENT`)).toBe(true)
  expect(message.endsWith('. Name another file with --apply.')).toBe(true)
})
