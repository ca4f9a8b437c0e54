/** An activation: y = f(x), and f′ at x. */
export interface Activation {
  /** What tells it from others of its name, for a bundle. */
  readonly settings?: Readonly<Record<string, number | boolean>>
  value(x: number): number
  slope(x: number): number
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x))

/** Φ(x) by tanh. Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016). */
const bell = (x: number) => 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))

/** The ReLU family, by the name in `--head`; slopes at kinks are those of Keras. */
const family = {
  relu: { value: (x) => (x > 0 ? x : 0), slope: (x) => (x > 0 ? 1 : 0) },
  relu6: { value: (x) => Math.min(6, Math.max(0, x)), slope: (x) => (x > 0 && x < 6 ? 1 : 0) },
  'leaky-relu': { value: (x) => (x > 0 ? x : 0.3 * x), slope: (x) => (x > 0 ? 1 : 0.3), settings: { slope: 0.3 } },
  elu: { value: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)) },
  gelu: {
    settings: { approximate: true },
    value: (x) => x * bell(x),
    slope: (x) => {
      const inner = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)
      return bell(x) + x * 2 * bell(x) * (1 - bell(x)) * inner
    },
  },
  silu: { value: (x) => x * logistic(x), slope: (x) => logistic(x) * (1 + x * (1 - logistic(x))) },
} as const satisfies Readonly<Record<string, Activation>>

export type ActivationName = keyof typeof family

export const activations: Readonly<Record<ActivationName, Activation>> = family

export const activationNames = ['relu', 'relu6', 'leaky-relu', 'elu', 'gelu', 'silu'] as const satisfies readonly ActivationName[]
