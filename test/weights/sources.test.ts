import { expect, test } from 'vitest'
import { weightSources } from '../../src/weights/sources.js'

test.each(Object.entries(weightSources))('the source of %s is whole', (_, { file, url, checksum, maxBytes, statedBy }) => {
  expect(url).toMatch(/^https:\/\/(storage\.googleapis\.com\/tensorflow\/keras-applications|download\.pytorch\.org\/models)\//)
  expect(url.endsWith(`/${file}`)).toBe(true)
  expect(file).toMatch(/^[\w.-]+\.(h5|pth)$/)
  if (checksum) expect(checksum.hex).toMatch(checksum.algorithm === 'md5' ? /^[0-9a-f]{32}$/ : /^[0-9a-f]{8}$/)
  expect(maxBytes).toBeLessThan(256 * 2 ** 20)
  expect(statedBy).toMatch(/^(keras|torchvision) \d/)
})
