import { describe, expect, it } from 'vitest'
import { openKinds } from '../../src/evaluate/open-kinds.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 6, bee: 6 }
const shape = [2, 2, 3]

/** Model and layer of what is opened, and how many images; what was told. */
function opened(options: Parameters<typeof openKinds>[0]) {
  const notes: string[] = []
  const kinds = openKinds({ ...options, onNote: (text) => notes.push(text) })
  for (const { data } of kinds) data.catalog.close()
  return { kinds: kinds.map(({ kind, data }) => [kind.model, kind.layer, data.images.length]), notes }
}

describe('openKinds', () => {
  it('opens every kind, or those that are asked for', async () => {
    const { data, cache } = await codedDataSet({ counts, shape })
    for (const layer of ['y', 'z']) await codedDataSet({ counts, shape, model: 'b.onnx', layer, into: { data, cache } })
    const all = [
      ['net.onnx', 'y', 12],
      ['b.onnx', 'y', 12],
      ['b.onnx', 'z', 12],
    ]
    expect(opened({ data, cache })).toEqual({ kinds: all, notes: [] })
    expect(opened({ data, cache, model: ['b.onnx'] }).kinds).toEqual(all.slice(1))
    expect(opened({ data, cache, layer: ['y'] }).kinds).toEqual(all.slice(0, 2))
    expect(opened({ data, cache, model: ['net.onnx', 'b.onnx'], layer: ['y', 'z'], classes: ['ant'] }).kinds).toEqual(
      all.map(([model, layer]) => [model, layer, 6]),
    )
  })

  it('takes the images that every kind has', async () => {
    const { data, cache } = await codedDataSet({ counts, shape })
    await codedDataSet({ counts, shape, layer: 'z', refused: ['ant/1.png'], into: { data, cache } })
    expect(opened({ data, cache })).toEqual({
      kinds: [
        ['net.onnx', 'y', 11],
        ['net.onnx', 'z', 11],
      ],
      notes: ['Left out for all series, since some kind of codes refused it: "ant/1.png" (1 of 12 images).'],
    })
  })

  it('leaves incomplete kinds out, but not those that are asked for', async () => {
    const { data, cache } = await codedDataSet({ counts: { ant: 6, bee: 4 }, shape, model: 'a.onnx' })
    const command = `npm run codes -- --data ${data} --cache ${cache} --model a.onnx --layer y --size 8`
    const missing = `Expected codes of a.onnx for the images of ${data}, found that 2 of 12 are missing. Make them with: ${command}`
    await codedDataSet({ counts, shape, into: { data, cache } })
    expect(opened({ data, cache })).toEqual({
      kinds: [['net.onnx', 'y', 12]],
      notes: [`Left out: codes of a.onnx, layer y, size 8, float32, squish. ${missing}`],
    })
    expect((await userErrorOf(() => openKinds({ data, cache, model: 'a.onnx' }))).message).toBe(missing)
    expect((await userErrorOf(() => openKinds({ data, cache, layer: 'y' }))).message).toBe(missing)
  })

  it.each([
    [{ model: ['net.onnx', 'vgg16'] }, ' of vgg16', '--model vgg16'],
    [{ layer: ['y', 'fc2'] }, '', '--layer fc2'],
    [{ precision: 'int8' }, '', '--precision int8'],
    [{ model: 'net.onnx', layer: 'fc2' }, ' of net.onnx', '--model net.onnx --layer fc2'],
  ])('says what there is instead of %j, and what makes it', async (asked, of, option) => {
    const { data, cache } = await codedDataSet({ counts, shape })
    expect((await userErrorOf(() => openKinds({ data, cache, ...asked }))).message).toBe(
      `Expected codes${of} for the images of ${data}, found none in ${cache} but those of net.onnx, layer y, size 8, float32, squish. Make them with: npm run codes -- --data ${data} --cache ${cache} ${option}`,
    )
  })

  it('says what makes codes where there are none', async () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    expect((await userErrorOf(() => openKinds({ data, cache }))).message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache}. Make them with: npm run codes -- --data ${data} --cache ${cache}`,
    )
  })
})
