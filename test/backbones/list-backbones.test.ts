import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addModel } from '../../src/backbones/add-model.js'
import { builtFolder } from '../../src/backbones/built-graph.js'
import { backbones } from '../../src/backbones/index.js'
import { listBackbones } from '../../src/backbones/list-backbones.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { weightsState } from '../../src/backbones/weights-state.js'
import { weightSources } from '../../src/weights/sources.js'
import { folderState } from '../helpers/folder-state.js'
import { randomSqueezenet } from '../helpers/random-keras.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { placesIn, write } from '../weights/weight-place.js'
import { legacyKerasBytes } from '../weights/write-keras-h5.js'

it('weightsState tells where weights are, by their checksum where there is one', async () => {
  const folder = tempFolder()
  const places = placesIn(folder)
  const states = async (...names: string[]) => Promise.all(names.map((name) => weightsState(name, places)))
  const { vgg16, mobilenet } = weightSources
  expect(await states('efficientnet-lite0', 'squeezenet', 'cnn7', 'vgg16')).toEqual([
    { state: 'embedded' },
    { state: 'own' },
    { state: 'random' },
    { state: 'missing', source: vgg16 },
  ])
  write(join(folder, 'home/.keras/models', vgg16?.file ?? ''), new Uint8Array(9))
  const path = write(join(folder, 'home/.keras/models', mobilenet?.file ?? ''), new Uint8Array(9)) // keras states no checksum for it
  expect(await states('vgg16', 'mobilenet')).toEqual([
    { state: 'missing', source: vgg16 },
    { state: 'found', path, source: mobilenet },
  ])
})

it('listBackbones lists every network with its costs, what was added and what is kept built, and changes nothing', async () => {
  const places = placesIn(tempFolder())
  const { cache } = places
  const weights = join(tempFolder(), 'w.h5')
  writeFileSync(weights, await legacyKerasBytes(randomSqueezenet(1)))
  await resolveBackbone('squeezenet', { weights, cache })
  const calibrated = write(join(cache, 'models/int8-v1/a.onnx'), new Uint8Array(9))
  await addModel('mine', modelFile(convolution()), { cache })
  const before = folderState(cache)
  const { models, added, built } = await listBackbones(places)
  expect(models.map(({ name }) => name)).toEqual([...backbones.keys()])
  expect(models.find(({ name }) => name === 'inceptionv3')).toEqual({
    name: 'inceptionv3',
    size: 299,
    layer: 'mixed10',
    codeShape: [8, 8, 2048],
    codeLength: 131_072,
    parameters: 21_802_784,
    multiplyAdds: expect.closeTo(5.71e9, -8),
    input: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
    weights: { state: 'missing', source: weightSources.inceptionv3 },
  })
  expect(added.map(({ name, facts }) => [name, facts.codeLength])).toEqual([['mine', 144]])
  const folder = builtFolder(cache)
  const sizes = [calibrated, ...readdirSync(folder).map((name) => join(folder, name))].map((path) => statSync(path).size)
  expect([built, sizes.length]).toEqual([{ graphs: 2, bytes: sizes.reduce((sum, size) => sum + size) }, 2])
  expect(folderState(cache)).toEqual(before)
})
