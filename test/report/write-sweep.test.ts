import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError } from '../../src/base/errors.js'
import { writeSweep } from '../../src/report/write-sweep.js'
import { singlePoint, sweepPoint } from './sweep-points.js'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-sweep-'))
})
afterEach(() => rm(folder, { recursive: true }))

const sweep = {
  points: [sweepPoint(), sweepPoint({ perClass: 10, low: null, high: null })],
  seconds: 1.5,
  meta: { seed: 3, data: 'a "b"' },
}

test.each([
  ['a file', (file: string) => file, 'EEXIST: file already exists'],
  ['below a file', (file: string) => join(file, 'out'), 'ENOTDIR: not a directory'],
])('writeSweep refuses a folder that is %s', async (_, place, reason) => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const dir = place(file)
  const message = `Expected a folder where the sweep's files can be written, got "${dir}" (${reason}). Choose another folder or make room in it.`
  await expect(writeSweep(dir, sweep)).rejects.toThrow(new UserError(message))
})

test('writeSweep leaves no temporary file where a name is taken by a folder', async () => {
  await writeSweep(join(folder, 'sweep.png', 'inside'), sweep)
  await expect(writeSweep(folder, sweep)).rejects.toBeInstanceOf(UserError)
  expect((await readdir(folder)).sort()).toEqual(['sweep.png', 'sweep.svg'])
})

test('writeSweep writes nothing for a sweep without points', async () => {
  await expect(writeSweep(join(folder, 'out'), { ...sweep, points: [] })).rejects.toThrow('Expected a sweep to have at least one point')
  expect(await readdir(folder)).toEqual([])
})

test('writeSweep makes the folder, writes four files and replaces those of an earlier sweep', async () => {
  const dir = join(folder, 'a', 'b')
  await writeSweep(dir, { points: [singlePoint()], seconds: 9, meta: {} })
  const files = await writeSweep(dir, { ...sweep, title: 'Flowers <3' })
  expect(files).toEqual(['sweep.svg', 'sweep.png', 'sweep.csv', 'sweep.json'].map((name) => join(dir, name)))
  expect((await readdir(dir)).sort()).toEqual(['sweep.csv', 'sweep.json', 'sweep.png', 'sweep.svg'])
  expect(await readFile(join(dir, 'sweep.svg'), 'utf8')).toContain('Flowers &lt;3')
  expect((await sharp(join(dir, 'sweep.png')).metadata()).format).toBe('png')
})

test('writeSweep: sweep.json has what is known of the sweep, and the points', async () => {
  await writeSweep(folder, sweep)
  expect(JSON.parse(await readFile(join(folder, 'sweep.json'), 'utf8'))).toEqual({
    seed: 3,
    data: 'a "b"',
    seconds: 1.5,
    points: sweep.points,
    comparisons: [],
    curves: [],
  })
})

test('writeSweep: sweep.csv has a row per point and repeat', async () => {
  await writeSweep(folder, {
    ...sweep,
    points: [sweepPoint({ model: 'a,b', accuracies: [0.5, 0.75], mean: 0.625 }), singlePoint({ perClass: 7 })],
  })
  expect((await readFile(join(folder, 'sweep.csv'), 'utf8')).split('\n')).toEqual([
    'model,layer,pool,head,solver,per_class,total,train_images,short_classes,repeat,accuracy,mean,low,high',
    '"a,b",features,none,softmax,lbfgs,5,,50,0,1,0.5,0.625,0.85,0.95',
    '"a,b",features,none,softmax,lbfgs,5,,50,0,2,0.75,0.625,0.85,0.95',
    'efficientnet-lite0,features,none,softmax,lbfgs,7,,70,0,1,0.9,0.9,,',
    '',
  ])
})
