import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { addModel } from '../../src/backbones/add-model.js'
import { addedModels, removeAdded } from '../../src/backbones/added-models.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile, value } from '../helpers/tiny-graph.js'

const file = modelFile(convolution({ inputs: [value('image', ['n', 3, 'h', 'w'])] }))
let cache = ''
beforeEach(() => {
  cache = tempFolder()
})

const add = (name: string, options = {}) => addModel(name, file, { size: 16, cache, ...options })
const folder = () => join(cache, 'models', 'added')

describe('addModel', () => {
  it('makes --model find the file with its options, which others given later replace', async () => {
    await add('mine', { mean: [127.5], scale: [2], layer: 'conv' })
    const { graph, ...found } = await resolveBackbone('mine', { cache, scale: [3] })
    const { graph: same, ...wanted } = await resolveBackbone(file, { size: 16, mean: [127.5], scale: [3], layer: 'conv' })
    expect(found).toEqual({ ...wanted, name: 'mine' })
    expect(graph.outputs).toEqual(same.outputs)
  })

  it('keeps the path and what the network is', async () => {
    const model = await addModel('mine', relative(process.cwd(), file), { size: 16, cache })
    expect(model).toMatchObject({ name: 'mine', path: file, facts: { size: 16, layer: 'y', codeShape: [14, 14, 4], parameters: 112 } })
    expect((await addedModels(cache)).models).toEqual([JSON.parse(JSON.stringify(model))])
  })

  it.each(['', '.hidden', '../up', 'a b', 'net.onnx', 'model.keras', 'a/b'])('refuses the name "%s"', async (name) => {
    const { message, exitCode } = await userErrorOf(() => add(name))
    expect([message, exitCode]).toEqual([
      `Expected NAME to be of letters, digits, dots, dashes and underscores, and no file name, got "${name}".`,
      2,
    ])
  })

  it('refuses a name that means something already', async () => {
    await add('mine')
    for (const name of ['vgg16', 'efficientnet-lite0', 'mine']) {
      expect((await userErrorOf(() => add(name))).message).toBe(
        `Expected NAME to be a new one, got "${name}". Choose another name, or remove the model that you added under it: models remove.`,
      )
    }
    expect(readdirSync(folder())).toEqual(['mine.json'])
  })

  it('refuses a file that is no network, and keeps nothing', async () => {
    const text = join(tempFolder(), 'text.onnx')
    writeFileSync(text, 'text')
    expect((await userErrorOf(() => addModel('mine', text, { cache }))).message).toMatch(/^Expected an ONNX model, found that /)
    expect((await userErrorOf(() => addModel('mine', 'vgg16', { cache }))).message).toMatch(
      /^Expected an \.onnx, \.h5, \.keras or model\.json file at \S+vgg16, found no file there\./,
    )
    expect(await addedModels(cache)).toEqual({ models: [], damaged: [] })
  })
})

describe('a model that was added', () => {
  it('is named where its file is gone', async () => {
    const copy = join(tempFolder(), 'copy.onnx')
    copyFileSync(file, copy)
    await addModel('mine', copy, { size: 16, cache })
    rmSync(copy)
    expect((await userErrorOf(() => resolveBackbone('mine', { cache }))).message).toBe(
      `Expected the model mine at ${copy}, from where it was added, found nothing there. Put the file back, or remove the name: models remove mine.`,
    )
  })

  it('is listed where --model is another name', async () => {
    await add('mine')
    expect((await userErrorOf(() => resolveBackbone('vgg99', { cache }))).message).toContain('cnn7, mine, or a path')
  })

  it.each(['', '{}', '{"name":"other"}', '{"name":"mine","path":1}'])('is refused where its record is %j', async (text) => {
    await add('mine')
    const record = join(folder(), 'mine.json')
    writeFileSync(record, text)
    expect((await userErrorOf(() => resolveBackbone('mine', { cache }))).message).toBe(
      `Expected ${record} to describe the model mine, found that it is damaged. Delete it and add the model again.`,
    )
  })

  it('is listed beside one whose record is damaged, which is named', async () => {
    await add('mine')
    const record = join(folder(), 'broken.json')
    writeFileSync(record, '{')
    const { models, damaged } = await addedModels(cache)
    expect(models.map(({ name }) => name)).toEqual(['mine'])
    expect(damaged).toEqual([
      `Expected ${record} to describe the model broken, found that it is damaged. Delete it and add the model again.`,
    ])
    expect((await userErrorOf(() => resolveBackbone('vgg99', { cache }))).message).toContain('cnn7, mine, or a path')
  })

  it('is forgotten by removeAdded, its file stays', async () => {
    await add('mine')
    const bytes = readFileSync(file)
    expect((await removeAdded('mine', cache)).path).toBe(file)
    expect(await addedModels(cache)).toEqual({ models: [], damaged: [] })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  it('must be there to be removed', async () => {
    const found = async (name: string) => (await userErrorOf(() => removeAdded(name, cache))).message
    expect(await found('mine')).toBe('Expected NAME to be a model that you added (there is none), got "mine".')
    await add('mine')
    expect(await found('vgg16')).toBe('Expected NAME to be a model that you added: mine, got "vgg16".')
    expect(await found('../mine')).toBe('Expected NAME to be a model that you added: mine, got "../mine".')
  })
})
