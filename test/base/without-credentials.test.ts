import { expect, it } from 'vitest'
import { withoutCredentials } from '../../src/base/without-credentials.js'

it.each([
  [
    ['--weights', 'https://me:pa55@host/w.h5?token=abc&size=3'],
    ['--weights', 'https://…@host/w.h5?token=…&size=3'],
  ],
  [['s3://b/x?X-Amz-Signature=0f&X-Amz-Credential=AK'], ['s3://b/x?X-Amz-Signature=…&X-Amz-Credential=…']],
  [
    ['--api-key', 'abc', '--data', 'photos'],
    ['--api-key', '…', '--data', 'photos'],
  ],
  [
    ['--password=abc', '--weights=http://u@h/f'],
    ['--password=…', '--weights=http://…@h/f'],
  ],
  [
    ['--token', '--json'],
    ['--token', '--json'],
  ],
  [
    ['--data', 'photos@home', '--exclude-classes', 'token,key'],
    ['--data', 'photos@home', '--exclude-classes', 'token,key'],
  ],
])('%j becomes %j', (words, clean) => {
  expect(withoutCredentials(words)).toEqual(clean)
})
