import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { thisHost } from '../../../src/base/process-name.js'
import type { DatasetSource } from '../../../src/recipes/datasets/dataset-source.js'
import { datasetSources } from '../../../src/recipes/datasets/dataset-sources.js'
import { getDataset } from '../../../src/recipes/datasets/get-dataset.js'
import { tarGz } from '../../helpers/tar-bytes.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { nowhere, serveWeights, status, whole } from '../../weights/weight-server.js'

const archive = tarGz([
  { name: 'pets/cat/1.jpg', content: 'a cat' },
  { name: 'pets/dog/1.jpg', content: 'a dog' },
  { name: 'pets/LICENSE.txt', content: 'take them' },
])
const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

function sourceOf(bytes: Uint8Array, more: Partial<DatasetSource> = {}): DatasetSource {
  return {
    name: 'pets',
    title: 'Pets',
    licence: 'none',
    file: 'pets.tgz',
    url: 'http://127.0.0.1:9/pets.tgz',
    bytes: bytes.length,
    maxBytes: bytes.length,
    checksum: { algorithm: 'md5', hex: md5Of(bytes) },
    statedBy: 'us',
    inner: undefined,
    root: 'pets',
    images: 2,
    imageFolder: '',
    background: undefined,
    ...more,
  }
}

test('getDataset goes on with a download that broke off, unpacks it and removes it', async () => {
  const out = tempFolder()
  writeFileSync(join(out, 'pets.tgz.part'), archive.subarray(0, 100))
  const server = await serveWeights(whole(archive))
  const result = await getDataset(sourceOf(archive, { url: server.url }), { out })
  expect(server.ranges).toEqual(['bytes=100-'])
  expect(result).toMatchObject({ name: 'pets', folder: join(out, 'pets'), data: join(out, 'pets'), images: 2, known: false })
  expect(readdirSync(out)).toEqual(['pets'])
  expect(readFileSync(join(out, 'pets/dog/1.jpg'), 'utf8')).toBe('a dog')
  expect(await getDataset(sourceOf(archive), { out })).toMatchObject({ known: true })
})

test('getDataset takes an archive that lies in OUT or is named, and leaves it there', async () => {
  const out = tempFolder()
  writeFileSync(join(out, 'pets.tgz'), archive)
  await getDataset(sourceOf(archive), { out })
  expect(readdirSync(out).sort()).toEqual(['pets', 'pets.tgz'])
  const other = tempFolder()
  await getDataset(sourceOf(archive, { imageFolder: 'images' }), { out: other, from: join(out, 'pets.tgz') }).then(({ data }) =>
    expect(data).toBe(join(other, 'pets/images')),
  )
  expect(existsSync(join(out, 'pets.tgz'))).toBe(true)
})

test('getDataset unpacks the archive inside a zip archive', async () => {
  const out = tempFolder()
  const zip = zipSync({ 'a/pets.tar.gz': archive, 'a/notes.txt': new Uint8Array(3) })
  writeFileSync(join(out, 'pets.zip'), zip)
  await getDataset(sourceOf(zip, { file: 'pets.zip', inner: 'a/pets.tar.gz' }), { out })
  expect(readFileSync(join(out, 'pets/cat/1.jpg'), 'utf8')).toBe('a cat')
})

test('getDataset says offline what to fetch and where to put it', async () => {
  const out = tempFolder()
  const url = `http://${await nowhere()}/pets.tgz`
  const { message, exitCode } = await userErrorOf(() => getDataset(sourceOf(archive, { url }), { out }))
  expect(message.replace(/\(connect [^)]*\)/, '(…)')).toBe(
    `Expected to download Pets (pets.tgz, 0 MB), but that failed (…). Fetch ${url} (md5 ${md5Of(archive)}, by us) elsewhere and put it at ${join(out, 'pets.tgz')}, or name it with --from FILE, and run this again.`,
  )
  expect(exitCode).toBe(1)
  const refused = await serveWeights(status(404))
  const { message: other } = await userErrorOf(() => getDataset(sourceOf(archive, { url: refused.url }), { out }))
  expect(other).toContain('(the server answered 404 Not Found)')
})

test('getDataset refuses an archive of another checksum, before it is opened', async () => {
  const out = tempFolder()
  const from = join(out, 'mine.tgz')
  writeFileSync(from, 'something else')
  const { message } = await userErrorOf(() => getDataset(sourceOf(archive), { out, from }))
  const found = md5Of(Buffer.from('something else'))
  expect(message).toBe(
    `Expected ${from} to match the checksum of pets.tgz (md5 ${md5Of(archive)}, by us), got ${found}. Remove it and fetch it again.`,
  )
  const { message: none, exitCode } = await userErrorOf(() => getDataset(sourceOf(archive), { out, from: join(out, 'none.tgz') }))
  expect([none, exitCode]).toEqual([`Expected --from to be the archive pets.tgz, got "${join(out, 'none.tgz')} (nothing)".`, 2])
})

test.each<[string, Uint8Array, string]>([
  [
    'hostile',
    tarGz([{ name: 'pets/cat/1.jpg' }, { name: 'pets/../2.jpg' }]),
    'a file named "pets/../2.jpg", which could lead out of the folder',
  ],
  ['short of images', tarGz([{ name: 'pets/cat/1.jpg' }]), '1 images in it'],
  ['cut', archive.subarray(0, archive.length - 9), 'unexpected end of file'],
])('getDataset leaves nothing of an archive that is %s', async (_, bytes, found) => {
  const out = tempFolder()
  const from = join(tempFolder(), 'pets.tgz')
  writeFileSync(from, bytes)
  const { message } = await userErrorOf(() => getDataset(sourceOf(bytes), { out, from }))
  expect(message).toBe(
    `Expected ${from} to be the archive of Pets with 2 images, found ${found}. Nothing was unpacked. Fetch http://127.0.0.1:9/pets.tgz again.`,
  )
  expect(readdirSync(out)).toEqual([])
})

test('getDataset takes no half data set for a whole one, and touches no other folder of that name', async () => {
  const out = tempFolder()
  mkdirSync(join(out, 'pets/cat'), { recursive: true })
  writeFileSync(join(out, 'pets/cat/1.jpg'), 'mine')
  const { message } = await userErrorOf(() => getDataset(sourceOf(archive), { out }))
  expect(message).toBe(
    `Expected nothing at ${join(out, 'pets')}, or all 2 images of Pets, found 1 of them. Move it away, or choose another place with --out.`,
  )
  expect(readFileSync(join(out, 'pets/cat/1.jpg'), 'utf8')).toBe('mine')
})

test('getDataset removes what a killed one left', async () => {
  const out = tempFolder()
  const left = join(out, `.tmp~${thisHost()}~999999999~1f0e2c6e-0000-4000-8000-000000000000`)
  mkdirSync(left)
  writeFileSync(join(left, '1.jpg'), 'half')
  const from = join(tempFolder(), 'pets.tgz')
  writeFileSync(from, archive)
  await getDataset(sourceOf(archive), { out, from })
  expect(readdirSync(out)).toEqual(['pets'])
})

test.each(datasetSources.map((source) => [source.name, source] as const))('the source of %s states all that a check needs', (_, source) => {
  expect(source.url).toMatch(/^https:\/\//)
  expect(source.url.endsWith(source.file)).toBe(true)
  expect(source.checksum?.hex).toMatch(/^[0-9a-f]{32}$/)
  expect(source.maxBytes / source.bytes).toBeCloseTo(1.1, 5)
})
