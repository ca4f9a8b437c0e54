import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DownloadOptions } from '../../src/weights/download-weights.js'
import type { Progress } from '../../src/weights/fetch-to-file.js'
import { findWeights, searchWeights } from '../../src/weights/find-weights.js'
import type { WeightSource } from '../../src/weights/weight-source.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { content, md5, placesIn, sourceAt, write } from './weight-place.js'
import { brokenAfter, nowhere, serveWeights, silentAfter, status, type WeightServer, whole, withoutRanges } from './weight-server.js'

const quick = { pause: 1, retries: 3 }

/** A machine with nothing on it, and a download to it. */
function newPlace() {
  const places = placesIn(tempFolder())
  const models = join(places.cache, 'models')
  return {
    places,
    models,
    names: () => readdirSync(models).sort(),
    find: (server: WeightServer, more?: Partial<WeightSource>, options: DownloadOptions = quick) =>
      findWeights(sourceAt(server.url, more), places, options),
  }
}

test('findWeights without a network says in one message what to fetch, from where, and where to put it', async () => {
  const { places, models, names } = newPlace()
  const address = await nowhere()
  const { message } = await userErrorOf(() => findWeights(sourceAt(`http://${address}/w.h5`), places, quick))
  expect(message).toBe(
    `Expected the weights w.h5 on this machine, found none, and the download failed (connect ECONNREFUSED ${address}). ` +
      `Fetch http://${address}/w.h5 (md5 ${md5}, by keras 3.15.1) elsewhere and put it at ${join(models, 'w.h5')}, or give a file with --weights FILE. ` +
      'Without it: --model efficientnet-lite0 needs no download, and --weights random is good for trying speed (its codes mean nothing).',
  )
  expect(names()).toEqual([])
})

test('findWeights names the wrong files that it found, and puts each of its own aside under a name of its own', async () => {
  const { places, models, names } = newPlace()
  const address = await nowhere()
  const other = write(join(places.home, '.keras/models/w.h5'), content.subarray(2))
  const own = join(models, 'w.h5')
  const md5Of = (start: number) => createHash('md5').update(content.subarray(start)).digest('hex')
  for (const aside of [`${own}.rejected`, `${own}.rejected-2`]) {
    write(own, content.subarray(1))
    const { message } = await userErrorOf(() => findWeights(sourceAt(`http://${address}/w.h5`), places, quick))
    expect(message).toContain(
      `Expected the weights w.h5 on this machine, found ${own} whose md5 is ${md5Of(1)}, not ${md5} (it was put aside as ${aside}); ` +
        `${other} whose md5 is ${md5Of(2)}, not ${md5} (it was passed over), and the download failed (connect ECONNREFUSED ${address}). Fetch `,
    )
  }
  expect(names()).toEqual(['w.h5.rejected', 'w.h5.rejected-2'])
})

test('findWeights says that a wrong sha256 begins otherwise', async () => {
  const { places, models } = newPlace()
  const own = write(join(models, 'w.h5'), content)
  const source = sourceAt(`http://${await nowhere()}/w.h5`, { checksum: { algorithm: 'sha256', hex: '00000000' } })
  const { message } = await userErrorOf(() => findWeights(source, places, quick))
  const begins = createHash('sha256').update(content).digest('hex').slice(0, 8)
  expect(message).toContain(`found ${own} whose sha256 begins with ${begins}, not 00000000 (`)
})

test.each([404, 403, 500, 206])('findWeights stops at the status %i, once', async (code) => {
  const { names, find } = newPlace()
  const server = await serveWeights(status(code))
  const { message } = await userErrorOf(() => find(server))
  expect(message).toContain(`the download failed (the server answered ${code}`)
  expect(server.ranges.length).toBe(1)
  expect(names()).toEqual([])
})

test('findWeights keeps a download with a wrong checksum aside and never uses it', async () => {
  const { places, models, names, find } = newPlace()
  const wrong = Uint8Array.from(content).fill(7, 50_000, 50_001)
  const { message } = await userErrorOf(async () => find(await serveWeights(whole(wrong))))
  expect(message).toContain(`Expected the download of w.h5 to match its checksum (md5 ${md5}), got `)
  expect(message).toContain(`It is kept as ${join(models, 'w.h5.rejected')} and never used.`)
  expect(names()).toEqual(['w.h5.rejected'])
  expect(await searchWeights(sourceAt(''), places)).toBeUndefined()
  expect(readFileSync(await find(await serveWeights(whole(content))))).toEqual(Buffer.from(content))
})

test.each([
  ['says so', whole(content)],
  ['does not say', (response: ServerResponse) => void response.writeHead(200).end(content)],
])('findWeights breaks off a download beyond its limit when the server %s', async (_, answer) => {
  const { names, find } = newPlace()
  const server = await serveWeights(answer)
  const { message } = await userErrorOf(() => find(server, { maxBytes: 99_999 }))
  expect(message).toMatch(/the download failed \(the server sends 100000 bytes or more, where at most 99999 are due\)/)
  expect(names()).toEqual([])
})

test('findWeights goes on with a broken download in the same call', async () => {
  const { names, find } = newPlace()
  const server = await serveWeights(brokenAfter(40_000, content), whole(content))
  expect(readFileSync(await find(server))).toEqual(Buffer.from(content))
  expect(server.ranges).toEqual([undefined, 'bytes=40000-'])
  expect(names()).toEqual(['w.h5'])
})

test('findWeights gives a connection up on which nothing arrives, and goes on', async () => {
  const { names, find } = newPlace()
  const server = await serveWeights(silentAfter(40_000, content), whole(content))
  expect(readFileSync(await find(server, {}, { ...quick, patience: 200 }))).toEqual(Buffer.from(content))
  expect(server.ranges).toEqual([undefined, 'bytes=40000-'])
  expect(names()).toEqual(['w.h5'])
})

test('findWeights says so where nothing arrives at all', async () => {
  const { names, find } = newPlace()
  const { message } = await userErrorOf(async () => find(await serveWeights(() => undefined), {}, { ...quick, patience: 200 }))
  expect(message).toContain('and the download failed (nothing arrived for 0.2 s)')
  expect(names()).toEqual([])
})

test('findWeights keeps what has arrived for the next call', async () => {
  const { names, find } = newPlace()
  const { message } = await userErrorOf(async () => find(await serveWeights(brokenAfter(40_000, content)), {}, { pause: 1, retries: 0 }))
  expect(message).toContain('Expected the weights w.h5 on this machine, found none, and the download failed (')
  expect(names()).toEqual(['w.h5.part'])
  const server = await serveWeights(whole(content))
  expect(readFileSync(await find(server))).toEqual(Buffer.from(content))
  expect(server.ranges).toEqual(['bytes=40000-'])
  expect(names()).toEqual(['w.h5'])
})

test('findWeights takes over a part whose process is gone, and lets one be that is written on', async () => {
  const { models, names, find } = newPlace()
  const part = content.subarray(0, 40_000)
  utimesSync(write(join(models, 'w.h5.gone.part'), part), 1, 1)
  write(join(models, 'w.h5.busy.part'), content.subarray(0, 10))
  const server = await serveWeights(whole(content))
  await find(server)
  expect(server.ranges).toEqual(['bytes=40000-'])
  expect(names()).toEqual(['w.h5', 'w.h5.busy.part'])
})

test.each([
  ['the server knows no ranges', withoutRanges(content), content.subarray(0, 40_000), 1],
  ['more is there than the file has', whole(content), new Uint8Array(150_000), 2],
])('findWeights begins again where %s', async (_, answer, part, requests) => {
  const { models, find } = newPlace()
  write(join(models, 'w.h5.part'), part)
  const server = await serveWeights(answer)
  expect(readFileSync(await find(server))).toEqual(Buffer.from(content))
  expect(server.ranges.length).toBe(requests)
})

test('findWeights never puts parts together where no checksum could tell', async () => {
  const { find } = newPlace()
  const server = await serveWeights(brokenAfter(40_000, content), whole(content))
  expect(readFileSync(await find(server, { checksum: undefined }))).toEqual(Buffer.from(content))
  expect(server.ranges).toEqual([undefined, undefined])
})

test('findWeights tells its progress and can be stopped', async () => {
  const { places, names, find } = newPlace()
  const seen: Progress[] = []
  await findWeights(sourceAt((await serveWeights(whole(content))).url), placesIn(tempFolder()), {
    onProgress: (progress) => seen.push(progress),
  })
  expect(seen.at(-1)).toEqual({ received: 100_000, total: 100_000 })
  const stop = new AbortController()
  const { url } = await serveWeights(brokenAfter(40_000, content))
  const stopped = findWeights(sourceAt(url), places, { signal: stop.signal, onProgress: () => stop.abort(new Error('stopped here')) })
  await expect(stopped).rejects.toThrow('stopped here')
  expect(names()).toEqual(['w.h5.part'])
  expect(await find(await serveWeights(whole(content)))).toMatch(/w\.h5$/)
})
