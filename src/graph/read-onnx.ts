import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import proto from 'onnx-proto'
import { messageOf, UserError } from '../base/errors.js'
import { type Attribute, elementTypeOf, type Graph, type Node, type ValueInfo } from './graph.js'
import { readTensor } from './read-tensor.js'

const { onnx } = proto

/**
 * Reads an .onnx file, external data included.
 *
 * @throws UserError when the file cannot be read, is not an ONNX model, or keeps its data outside its own folder.
 */
export async function readOnnx(path: string): Promise<Graph> {
  return parseOnnx(await readModelFile(path), path)
}

/** The bytes of a model file. */
export async function readModelFile(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new UserError(`Expected an ONNX model at ${path}, but it cannot be read: ${messageOf(error)}. Check the path given to --model.`)
  })
}

/** Parses the bytes of an .onnx file; `path` is named in errors and is where external data is looked for. */
export function parseOnnx(bytes: Uint8Array, path: string): Graph {
  const model = decode(bytes, path)
  const graph = model.graph
  if (!graph?.node?.length || !graph.output?.length) throw notOnnx(path, 'it holds no graph')
  const initializers = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', readTensor(tensor, dirname(path))]))
  return {
    inputs: (graph.input ?? []).filter((input) => !initializers.has(input.name ?? '')).map(toValueInfo),
    outputs: graph.output.map(toValueInfo),
    nodes: graph.node.map((node) => toNode(node, dirname(path))),
    initializers,
    opsets: new Map((model.opsetImport ?? []).map((opset) => [opset.domain ?? '', Number(opset.version ?? 1)])),
    metadata: model.metadataProps?.length ? new Map(model.metadataProps.map(({ key, value }) => [key ?? '', value ?? ''])) : undefined,
  }
}

function notOnnx(path: string, found: string): UserError {
  return new UserError(`Expected an ONNX model, found that ${path} is none (${found}). Give a file exported as .onnx.`)
}

function decode(bytes: Uint8Array, path: string): proto.onnx.ModelProto {
  try {
    return onnx.ModelProto.decode(bytes)
  } catch {
    throw notOnnx(path, 'its bytes are not a protobuf message of that kind')
  }
}

function toValueInfo({ name, type }: proto.onnx.IValueInfoProto): ValueInfo {
  const tensor = type?.tensorType
  return { name: name ?? '', type: elementTypeOf(tensor?.elemType), dims: tensor?.shape?.dim?.map(toDim) }
}

/** Some exporters write −1 or 0 where they mean that a dimension is not fixed. */
function toDim({ dimParam, dimValue }: proto.onnx.TensorShapeProto.IDimension): number | string | null {
  const value = Number(dimValue ?? 0)
  return dimParam ? dimParam : value > 0 ? value : null
}

function toNode(node: proto.onnx.INodeProto, folder: string): Node {
  const attributes = (node.attribute ?? []).map((attribute): [string, Attribute] => [attribute.name ?? '', toAttribute(attribute, folder)])
  return {
    name: node.name ?? '',
    op: node.opType ?? '',
    domain: node.domain ?? '',
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: Object.fromEntries(attributes),
  }
}

function toAttribute(attribute: proto.onnx.IAttributeProto, folder: string): Attribute {
  const kinds = onnx.AttributeProto.AttributeType
  switch (attribute.type) {
    case kinds.INT:
      return { kind: 'int', value: Number(attribute.i ?? 0) }
    case kinds.INTS:
      return { kind: 'ints', value: (attribute.ints ?? []).map(Number) }
    case kinds.FLOAT:
      return { kind: 'float', value: attribute.f ?? 0 }
    case kinds.FLOATS:
      return { kind: 'floats', value: attribute.floats ?? [] }
    case kinds.STRING:
      return { kind: 'string', value: new TextDecoder().decode(attribute.s ?? new Uint8Array()) }
    case kinds.TENSOR:
      return { kind: 'tensor', value: readTensor(attribute.t ?? {}, folder) }
    default:
      return { kind: 'other', value: attribute }
  }
}
