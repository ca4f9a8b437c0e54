import proto from 'onnx-proto'
import { type Attribute, elementTypes, type Graph, type Node, type Tensor, type ValueInfo } from './graph.js'

const { onnx } = proto
const { AttributeType } = onnx.AttributeProto

/** ONNX intermediate representation 8: the version that goes with operator sets 15 to 18. */
const irVersion = 8

/** The bytes of an .onnx file that holds the graph. */
export function writeOnnx(graph: Graph): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion,
    producerName: 'cnn-codes',
    opsetImport: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
    metadataProps: [...(graph.metadata ?? [])].map(([key, value]) => ({ key, value })),
    graph: {
      name: 'graph',
      node: graph.nodes.map(toNodeProto),
      initializer: [...graph.initializers].map(([name, tensor]) => ({ name, ...toTensorProto(tensor) })),
      input: graph.inputs.map(toValueInfoProto),
      output: graph.outputs.map(toValueInfoProto),
    },
  })
  return onnx.ModelProto.encode(model).finish()
}

/** The largest double below 2^63. */
const largestInteger = 2 ** 63 - 1024

/** Exporters write "to the end" as INT64_MAX, which as a double is 2^63 and would come out as the smallest integer. */
const int64 = (value: number) => Math.min(value, largestInteger)

function toNodeProto(node: Node): proto.onnx.INodeProto {
  const attribute = Object.entries(node.attributes).map(([name, value]) => ({ ...toAttributeProto(value), name }))
  return { name: node.name, opType: node.op, domain: node.domain, input: [...node.inputs], output: [...node.outputs], attribute }
}

function toTensorProto(tensor: Tensor): proto.onnx.ITensorProto {
  return { dataType: elementTypes[tensor.type], dims: [...tensor.dims], rawData: tensor.bytes }
}

function toValueInfoProto({ name, type, dims }: ValueInfo): proto.onnx.IValueInfoProto {
  if (type === undefined) return { name }
  const dim = dims?.map((d) => (typeof d === 'number' ? { dimValue: d } : typeof d === 'string' ? { dimParam: d } : {}))
  return { name, type: { tensorType: { elemType: elementTypes[type], ...(dim && { shape: { dim } }) } } }
}

function toAttributeProto(attribute: Attribute): proto.onnx.IAttributeProto {
  switch (attribute.kind) {
    case 'int':
      return { type: AttributeType.INT, i: int64(attribute.value) }
    case 'ints':
      return { type: AttributeType.INTS, ints: attribute.value.map(int64) }
    case 'float':
      return { type: AttributeType.FLOAT, f: attribute.value }
    case 'floats':
      return { type: AttributeType.FLOATS, floats: [...attribute.value] }
    case 'string':
      return { type: AttributeType.STRING, s: new TextEncoder().encode(attribute.value) }
    case 'tensor':
      return { type: AttributeType.TENSOR, t: toTensorProto(attribute.value) }
    case 'other':
      return attribute.value
  }
}
