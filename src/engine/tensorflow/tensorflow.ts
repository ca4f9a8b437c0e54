/** A tensor that TensorFlow.js holds until it is disposed. */
export interface TfTensor {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly size: number
  data(): Promise<Float32Array | Int32Array | Uint8Array>
  /** Waits for the device: for small tensors only. */
  dataSync(): Float32Array | Int32Array | Uint8Array
  dispose(): void
}

/** Height and width, or rows and columns. */
export type Pair = readonly [number, number]

/** Numbers added before and after each axis. */
export type Paddings = readonly Pair[]

type Window2d = (x: TfTensor, filter: TfTensor, strides: Pair, pad: Paddings) => TfTensor
type Pool2d = (x: TfTensor, kernel: Pair, strides: Pair, pad: 'valid') => TfTensor
type Unary = (x: TfTensor) => TfTensor
type Binary = (a: TfTensor, b: TfTensor) => TfTensor

/** The part of TensorFlow.js that the engine uses; maps are [n, height, width, channels], kernels [height, width, in, out]. */
export interface Tensorflow {
  readonly version: Readonly<Record<string, string>>
  readonly getBackend: () => string
  readonly backend: () => unknown
  readonly ready: () => Promise<void>
  readonly memory: () => { readonly numTensors: number }
  /** Disposes of every tensor made inside but the one returned. */
  readonly tidy: <T extends TfTensor | TfTensor[]>(action: () => T) => T
  readonly tensor: (values: ArrayLike<number>, shape: readonly number[], dtype: 'float32' | 'int32' | 'bool') => TfTensor
  readonly clone: Unary
  readonly cast: (x: TfTensor, dtype: 'float32' | 'int32' | 'bool') => TfTensor
  readonly conv2d: Window2d
  /** The kernel is [height, width, in, multiplier]. */
  readonly depthwiseConv2d: Window2d
  readonly maxPool: Pool2d
  readonly avgPool: Pool2d
  readonly batchNorm: (x: TfTensor, mean: TfTensor, variance: TfTensor, offset: TfTensor, scale: TfTensor, epsilon: number) => TfTensor
  readonly pad: (x: TfTensor, paddings: Paddings, value?: number) => TfTensor
  readonly mirrorPad: (x: TfTensor, paddings: Paddings, mode: 'reflect') => TfTensor
  readonly concat: (tensors: TfTensor[], axis: number) => TfTensor
  readonly split: (x: TfTensor, sizes: number | readonly number[], axis: number) => TfTensor[]
  readonly stridedSlice: (x: TfTensor, begin: readonly number[], end: readonly number[], strides: readonly number[]) => TfTensor
  readonly gather: (x: TfTensor, indices: TfTensor, axis: number) => TfTensor
  readonly transpose: (x: TfTensor, perm: readonly number[]) => TfTensor
  readonly reshape: (x: TfTensor, shape: readonly number[]) => TfTensor
  readonly matMul: (a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean) => TfTensor
  readonly mean: (x: TfTensor, axes: readonly number[], keepDims: boolean) => TfTensor
  readonly max: (x: TfTensor, axes: readonly number[], keepDims: boolean) => TfTensor
  readonly softmax: Unary
  readonly logSoftmax: Unary
  readonly clipByValue: (x: TfTensor, min: number, max: number) => TfTensor
  readonly leakyRelu: (x: TfTensor, alpha: number) => TfTensor
  readonly relu: Unary
  readonly elu: Unary
  readonly sigmoid: Unary
  readonly tanh: Unary
  readonly exp: Unary
  readonly sqrt: Unary
  readonly abs: Unary
  readonly neg: Unary
  readonly softplus: Unary
  readonly erf: Unary
  readonly add: Binary
  readonly sub: Binary
  readonly mul: Binary
  readonly div: Binary
  readonly pow: Binary
  readonly maximum: Binary
  readonly minimum: Binary
  readonly prelu: Binary
}

const functions = [
  ...['getBackend', 'backend', 'ready', 'memory', 'tidy', 'tensor', 'clone', 'cast', 'conv2d', 'depthwiseConv2d', 'maxPool', 'avgPool'],
  ...['batchNorm', 'pad', 'mirrorPad', 'concat', 'split', 'stridedSlice', 'gather', 'transpose', 'reshape', 'matMul', 'mean', 'max'],
  ...[
    'softmax',
    'logSoftmax',
    'clipByValue',
    'leakyRelu',
    'relu',
    'elu',
    'sigmoid',
    'tanh',
    'exp',
    'sqrt',
    'abs',
    'neg',
    'softplus',
    'erf',
  ],
  ...['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'prelu'],
]

/** Whether a loaded module is TensorFlow.js, whichever of its packages. */
export function isTensorflow(module: unknown): module is Tensorflow {
  return typeof module === 'object' && module !== null && functions.every((name) => typeof Reflect.get(module, name) === 'function')
}
