import { usageError } from '../../base/errors.js'
import type { NodeWriter } from '../../graph/gradient/node-writer.js'
import type { Graph, Node } from '../../graph/graph.js'
import type { ResizeRule } from '../../images/resize-rule.js'

/** The first operator set whose Resize takes `antialias` and `axes`. */
const firstOpset = 18

/** Operators that mean something else in operator set 18. */
const changed = /^Reduce(L1|L2|LogSum|LogSumExp|Max|Mean|Min|Prod|SumSquare)$/

/**
 * Attributes of the Resize that does what a rule does. keras-nearest and tf-bilinear are the same arithmetic; of squish Pillow rounds to 8
 * bits between its two passes, which no operator does.
 */
const rules: Readonly<Partial<Record<ResizeRule, Node['attributes']>>> = {
  squish: resize('linear', { antialias: { kind: 'int', value: 1 } }),
  'tf-bilinear': resize('linear'),
  'keras-nearest': resize('nearest', { nearest_mode: { kind: 'string', value: 'round_prefer_ceil' } }),
}

function resize(mode: 'linear' | 'nearest', more: Node['attributes'] = {}): Node['attributes'] {
  const transformation = { coordinate_transformation_mode: { kind: 'string', value: 'half_pixel' } } as const
  return { mode: { kind: 'string', value: mode }, ...transformation, axes: { kind: 'ints', value: [2, 3] }, ...more }
}

/**
 * Adds the resizing of images [n, 3, h, w] of 0…255 to a square; gives the name of the result, whole numbers of 0…255 but for tf-bilinear.
 *
 * @throws UserError for a rule that no operator does.
 */
export function addResize(
  writer: NodeWriter,
  images: string,
  { rule, side }: { readonly rule: ResizeRule; readonly side: number },
): string {
  const attributes = rules[rule]
  if (!attributes) {
    throw usageError(
      '--any-size',
      'left out',
      'given',
      `No operator of ONNX does what --resize ${rule} does: give the model images of ${side} × ${side}.`,
    )
  }
  const resized = writer.op('Resize', [images, '', '', writer.integers(side, side)], attributes)
  if (rule === 'tf-bilinear') return resized
  return writer.op('Clip', [writer.op('Round', [resized]), writer.number(0), writer.number(255)])
}

/**
 * The graph in the operator set that Resize needs.
 *
 * @throws UserError where one of its operators means something else there.
 */
export function withResizeOpset(graph: Graph): Graph {
  const opset = graph.opsets.get('') ?? 1
  if (opset >= firstOpset) return graph
  const other = graph.nodes.find(({ op, domain }) => domain === '' && changed.test(op))
  if (other || opset < 13) {
    throw usageError(
      '--any-size',
      'left out',
      'given',
      `The model is of operator set ${opset}, and resizing inside needs ${firstOpset}: export it again with that one.`,
    )
  }
  return { ...graph, opsets: new Map([...graph.opsets, ['', firstOpset]]) }
}
