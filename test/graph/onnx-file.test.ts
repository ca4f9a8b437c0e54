import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { createSession } from '../../src/engine/onnx-session.js'
import { type Attribute, elementTypeOf, elementTypes, type Graph, node } from '../../src/graph/graph.js'
import { parseOnnx, readOnnx } from '../../src/graph/read-onnx.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, modelFile, tensor, value } from '../helpers/tiny-graph.js'

const { onnx } = proto
const embedded = fileURLToPath(new URL('../../models/efficientnet-lite0.onnx', import.meta.url))
const bytesOf = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)

/** Constants as plain bytes, so that graphs compare whatever memory holds them. */
const plain = (graph: Graph) => ({
  ...graph,
  initializers: new Map(
    [...graph.initializers].map(([name, { type, dims, bytes }]) => [name, { type, dims, hex: bytesOf(bytes).toString('hex') }]),
  ),
})

/** A model with these constants, each given by fields of the file format. */
function withConstants(...initializer: readonly proto.onnx.ITensorProto[]): Uint8Array {
  const graph = { node: [{ opType: 'Relu', input: ['x'], output: ['y'] }], output: [{ name: 'y' }], initializer: [...initializer] }
  return onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 8, graph })).finish()
}

describe('readOnnx refuses', () => {
  it('a missing file', async () => {
    const error = await userErrorOf(() => readOnnx('/nowhere/net.onnx'))
    expect(error.message).toBe(
      "Expected an ONNX model at /nowhere/net.onnx, but it cannot be read: ENOENT: no such file or directory, open '/nowhere/net.onnx'. Check the path given to --model.",
    )
  })

  const fixture = (name: string) => readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url))
  const noGraph = 'it holds no graph'
  const noMessage = 'its bytes are not a protobuf message of that kind'
  it.each([
    ['text', Buffer.from('this is no model, whatever its name says\n'), noMessage],
    ['nothing', Buffer.alloc(0), noGraph],
    ['a PNG', fixture('tiny-3x2.png'), noMessage],
    ['a JPEG', fixture('yin.jpg'), noMessage],
    ['zeros', Buffer.alloc(1000), noGraph],
    ['a truncated model', readFileSync(embedded).subarray(0, 100_000), noMessage],
    ['a model without nodes', Buffer.from(writeOnnx(graphOf([], {}))), noGraph],
    ['a model without outputs', Buffer.from(writeOnnx(convolution({ outputs: [] }))), noGraph],
  ])('%s', async (_, bytes, found) => {
    const path = join(tempFolder(), 'net.onnx')
    writeFileSync(path, bytes)
    const error = await userErrorOf(() => readOnnx(path))
    expect(error.message).toBe(`Expected an ONNX model, found that ${path} is none (${found}). Give a file exported as .onnx.`)
    expect(error.exitCode).toBe(1)
  })

  it('constants that are no numbers', async () => {
    const error = await userErrorOf(() => parseOnnx(withConstants({ name: 'labels', dataType: 8, dims: [1] }), 'net.onnx'))
    expect(error.message).toBe('Expected numbers in tensor "labels", found ONNX data type 8.')
  })
})

describe('parseOnnx and writeOnnx', () => {
  it('keep the embedded backbone as it is', async () => {
    const graph = await readOnnx(embedded)
    expect(graph.nodes.length).toBe(140)
    expect(plain(parseOnnx(writeOnnx(graph), 'again.onnx'))).toEqual(plain(graph))
  })

  it('keep every kind of attribute, constant and dimension', () => {
    const attributes: Record<string, Attribute> = {
      int: { kind: 'int', value: -3 },
      ints: { kind: 'ints', value: [1, -2, 2 ** 40] },
      float: { kind: 'float', value: 0.5 },
      floats: { kind: 'floats', value: [0.25, -8] },
      string: { kind: 'string', value: 'SAME_UPPER ×' },
      tensor: { kind: 'tensor', value: { type: 'uint8', dims: [2], bytes: Buffer.of(1, 2) } },
      nothing: { kind: 'ints', value: [] },
    }
    const graph = graphOf(
      [{ ...node('Strange', 'y', ['image', '', 'half'], attributes), domain: 'org.example', outputs: ['y', ''] }],
      { half: { type: 'float16', dims: [1, 2], bytes: new Uint8Array([0, 60, 0, 64]) }, scalar: tensor([], [7]), none: tensor([0], []) },
      {
        inputs: [value('image', ['n', 3, null, 8])],
        outputs: [value('y', []), value('z')],
        opsets: new Map([
          ['', 17],
          ['org.example', 2],
        ]),
      },
    )
    expect(plain(parseOnnx(writeOnnx(graph), 'net.onnx'))).toEqual(plain(graph))
  })

  it.each([
    ['a dimension of −1', -1],
    ['a dimension of 0', 0],
  ])('take %s for one that is not fixed', (_, dim) => {
    const graph = parseOnnx(writeOnnx(convolution({ inputs: [value('image', [dim, 3, 8, 8])] })), 'net.onnx')
    expect(graph.inputs[0]?.dims).toEqual([null, 3, 8, 8])
  })

  it('keep an INT64_MAX that means "to the end" large', async () => {
    const int64Max = { kind: 'ints', value: [2 ** 63] } as const
    const slice = node('Slice', 'y', ['image'], {
      axes: { kind: 'ints', value: [3] },
      starts: { kind: 'ints', value: [1] },
      ends: int64Max,
    })
    const graph = parseOnnx(writeOnnx(graphOf([slice], {}, { opsets: new Map([['', 9]]) })), 'net.onnx')
    const session = await createSession(writeOnnx(graph), 1)
    expect((await session.run(new Float32Array(192), [1, 3, 8, 8])).dims).toEqual([1, 3, 8, 7])
    await session.release()
  })

  it('leave constants out of the inputs, where old files list them too', () => {
    const graph = convolution()
    const old = { ...graph, inputs: [...graph.inputs, value('weight', [4, 3, 3, 3])] }
    expect(parseOnnx(writeOnnx(old), 'net.onnx').inputs.map(({ name }) => name)).toEqual(['image'])
  })
})

describe('constants in the typed fields of old exporters', () => {
  const bigints = (...values: readonly bigint[]) => bytesOf(BigInt64Array.from(values))
  it.each<[string, Partial<proto.onnx.ITensorProto>, Buffer]>([
    ['float32', { floatData: [1.5, -2] }, bytesOf(Float32Array.of(1.5, -2))],
    ['float64', { doubleData: [0.1, 3] }, bytesOf(Float64Array.of(0.1, 3))],
    ['int64', { int64Data: [-1, 2 ** 40] }, bigints(-1n, 2n ** 40n)],
    ['uint64', { uint64Data: [1, 2 ** 40] }, bigints(1n, 2n ** 40n)],
    ['uint32', { uint64Data: [1, 4e9] }, bytesOf(Uint32Array.of(1, 4e9))],
    ['int32', { int32Data: [-5, 6] }, bytesOf(Int32Array.of(-5, 6))],
    ['int16', { int32Data: [-5, 6] }, bytesOf(Int16Array.of(-5, 6))],
    ['uint16', { int32Data: [65_535, 6] }, bytesOf(Uint16Array.of(65_535, 6))],
    ['float16', { int32Data: [0x3c00, 0xc000] }, bytesOf(Uint16Array.of(0x3c00, 0xc000))],
    ['bfloat16', { int32Data: [0x3f80, 0xc000] }, bytesOf(Uint16Array.of(0x3f80, 0xc000))],
    ['int8', { int32Data: [-1, 127] }, bytesOf(Int8Array.of(-1, 127))],
    ['uint8', { int32Data: [255, 0] }, Buffer.of(255, 0)],
    ['bool', { int32Data: [1, 0] }, Buffer.of(1, 0)],
  ])('%s', (type, fields, expected) => {
    const dataType = new Map<string, number>(Object.entries(elementTypes)).get(type) ?? 0
    expect(elementTypeOf(dataType)).toBe(type)
    const graph = parseOnnx(withConstants({ name: 'c', dataType, dims: [2], ...fields }), 'net.onnx')
    const constant = graph.initializers.get('c')
    expect(constant).toMatchObject({ type, dims: [2] })
    expect(bytesOf(constant?.bytes ?? Buffer.alloc(0))).toEqual(expected)
  })
})

describe('external data', () => {
  const external = (location: string, rest: Readonly<Record<string, string>> = {}) =>
    withConstants({
      name: 'w',
      dataType: 1,
      dims: [2],
      dataLocation: 1,
      externalData: Object.entries({ location, ...rest }).map(([key, value]) => ({ key, value })),
    })
  const folder = tempFolder()
  const outside = tempFolder()
  const path = join(folder, 'net.onnx')
  writeFileSync(join(folder, 'net.data'), bytesOf(Float32Array.of(9, 1.5, -2)))
  writeFileSync(join(outside, 'secret.data'), bytesOf(Float32Array.of(1, 2)))
  symlinkSync(join(outside, 'secret.data'), join(folder, 'link.data'))

  it.each<[string, Readonly<Record<string, string>>, number[]]>([
    ['offset and length', { offset: '4', length: '8' }, [1.5, -2]],
    ['length alone', { length: '4' }, [9]],
    ['offset alone: all the rest', { offset: '8' }, [-2]],
    ['neither: the whole file', {}, [9, 1.5, -2]],
  ])('is read from a file beside the model by %s', (_, rest, expected) => {
    const constant = parseOnnx(external('net.data', rest), path).initializers.get('w')
    expect(bytesOf(constant?.bytes ?? Buffer.alloc(0))).toEqual(bytesOf(Float32Array.from(expected)))
  })

  const inside = (found: string) =>
    `Expected the model's external data inside ${folder}, found it at ${found}. Only files beside the model are read.`
  it.each([
    ['a path upwards', `../${outside.split('/').at(-1)}/secret.data`, inside(join(outside, 'secret.data'))],
    ['a link to another folder', 'link.data', inside(join(outside, 'secret.data'))],
    ['the folder itself', '.', inside(folder)],
    ['no location', '', inside(folder)],
    [
      'a missing file',
      'gone.data',
      `Expected the model's external data at ${join(folder, 'gone.data')}, found nothing there. Copy it beside the model.`,
    ],
    [
      'an absolute path, taken as one below the folder',
      join(outside, 'secret.data'),
      `Expected the model's external data at ${join(folder, outside, 'secret.data')}, found nothing there. Copy it beside the model.`,
    ],
  ])('is refused for %s', async (_, location, message) => {
    expect((await userErrorOf(() => parseOnnx(external(location, { length: '8' }), path))).message).toBe(message)
  })

  it.each([
    ['too long', { length: '16' }, '16 bytes of external data from byte 0'],
    ['beyond the end', { offset: '100' }, '-88 bytes of external data from byte 100'],
    ['far too long', { length: '1e15' }, '1000000000000000 bytes of external data from byte 0'],
    ['no number', { length: 'many' }, 'NaN bytes of external data from byte 0'],
    ['negative', { offset: '-4', length: '4' }, '4 bytes of external data from byte -4'],
  ])('is refused when its extent is %s', async (_, rest, expected) => {
    const error = await userErrorOf(() => parseOnnx(external('net.data', rest), path))
    expect(error.message).toBe(
      `Expected ${expected} on in ${join(folder, 'net.data')}, found a file of 12 bytes. Copy the whole model again.`,
    )
  })

  it('goes with a model file that is read whole', async () => {
    const graph = convolution()
    expect(plain(await readOnnx(modelFile(graph)))).toEqual(plain(graph))
  })
})
