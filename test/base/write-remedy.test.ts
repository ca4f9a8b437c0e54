import { expect, it } from 'vitest'
import { writeRemedy } from '../../src/base/write-remedy.js'

it.each([
  ['ENOSPC', 'Make room on that disk'],
  ['EDQUOT', 'Make room on that disk, or have your quota raised'],
  ['EROFS', 'Make that disk writable'],
  ['EACCES', 'Change the permissions there'],
  ['EPERM', 'Change the permissions there'],
  ['EIO', 'See to room and permissions there'],
])('writeRemedy of %s', (code, remedy) => {
  expect(writeRemedy(Object.assign(new Error('it failed'), { code }))).toBe(remedy)
})
