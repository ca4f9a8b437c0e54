// Steps of optimizers, fused: one pass over weights, gradient and state, four values a round: `rows` rows of `count` values (rounded up
// to 4), `skip` bytes between them.
// Rules: Keras 3, keras/src/optimizers; plain twins of them are in the tests.

/** Gradients below this count as zero: their squares would be denormals, with which a processor is 5-6 times slower. */
const TINY: f32 = 1e-18
/** The smallest normal float32: what state decays to below it becomes zero. */
const SMALLEST: f32 = 1.17549435e-38

/** scale·g (tiny ones and NaN zero: the loss tells of these) + l1·sign(w) + l2·w: the gradient of loss + l1·|w| + l2/2·w². */
// @ts-ignore: decorator
@inline
function gradientOf(w: v128, gradient: usize, scale: f32, l1: f32, l2: f32): v128 {
  const g = f32x4.mul(v128.load(gradient), f32x4.splat(scale))
  const data = v128.and(g, f32x4.ge(f32x4.abs(g), f32x4.splat(TINY)))
  const sign = v128.or(v128.and(w, i32x4.splat(0x80000000)), f32x4.splat(l1))
  const first = v128.and(sign, f32x4.ne(w, f32x4.splat(0)))
  return f32x4.add(data, f32x4.add(first, f32x4.mul(f32x4.splat(l2), w)))
}

// @ts-ignore: decorator
@inline
function normal(x: v128): v128 {
  return v128.and(x, f32x4.ge(f32x4.abs(x), f32x4.splat(SMALLEST)))
}

/** old + (value − old)·share */
// @ts-ignore: decorator
@inline
function moved(old: v128, value: v128, share: f32): v128 {
  return normal(f32x4.add(old, f32x4.mul(f32x4.sub(value, old), f32x4.splat(share))))
}

/** w −= rate·g */
export function sgd(w: usize, g: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      v128.store(w, f32x4.sub(weights, f32x4.mul(f32x4.splat(rate), gradientOf(weights, g, scale, l1, l2))))
      w += 16
      g += 16
    }
    w += skip
    g += skip
  }
}

/** m = momentum·m − rate·g; w += m, or with Nesterov's rule w += momentum·m − rate·g. */
export function momentum(w: usize, g: usize, m: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32, share: f32, nesterov: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      const step = f32x4.mul(f32x4.splat(rate), gradientOf(weights, g, scale, l1, l2))
      const speed = normal(f32x4.sub(f32x4.mul(f32x4.splat(share), v128.load(m)), step))
      const move = nesterov ? f32x4.sub(f32x4.mul(f32x4.splat(share), speed), step) : speed
      v128.store(m, speed)
      v128.store(w, f32x4.add(weights, move))
      w += 16
      g += 16
      m += 16
    }
    w += skip
    g += skip
    m += skip
  }
}

/** v += (g² − v)(1 − rho); w −= rate·g / √(v + ε) */
export function rmsprop(w: usize, g: usize, v: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32, share: f32, epsilon: f32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      const gradient = gradientOf(weights, g, scale, l1, l2)
      const square = moved(v128.load(v), f32x4.mul(gradient, gradient), share)
      const move = f32x4.div(f32x4.mul(f32x4.splat(rate), gradient), f32x4.sqrt(f32x4.add(square, f32x4.splat(epsilon))))
      v128.store(v, square)
      v128.store(w, f32x4.sub(weights, move))
      w += 16
      g += 16
      v += 16
    }
    w += skip
    g += skip
    v += skip
  }
}

/** w −= decay·w; m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= rate·m / (√v + ε), `rate` with the bias corrections in it. */
export function adam(
  w: usize, g: usize, m: usize, v: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32, first: f32, second: f32, epsilon: f32, decay: f32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      const gradient = gradientOf(weights, g, scale, l1, l2)
      const mean = moved(v128.load(m), gradient, first)
      const square = moved(v128.load(v), f32x4.mul(gradient, gradient), second)
      const move = f32x4.div(f32x4.mul(f32x4.splat(rate), mean), f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)))
      v128.store(m, mean)
      v128.store(v, square)
      v128.store(w, f32x4.sub(f32x4.sub(weights, f32x4.mul(f32x4.splat(decay), weights)), move))
      w += 16
      g += 16
      m += 16
      v += 16
    }
    w += skip
    g += skip
    m += skip
    v += skip
  }
}

/** a += (g² − a)(1 − rho); δ = −g √(d + ε) / √(a + ε); d += (δ² − d)(1 − rho); w += rate·δ */
export function adadelta(
  w: usize, g: usize, a: usize, d: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32, share: f32, epsilon: f32,
): void {
  const least = f32x4.splat(epsilon)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      const gradient = gradientOf(weights, g, scale, l1, l2)
      const square = moved(v128.load(a), f32x4.mul(gradient, gradient), share)
      const moves = v128.load(d)
      const ratio = f32x4.sqrt(f32x4.div(f32x4.add(moves, least), f32x4.add(square, least)))
      const move = f32x4.mul(gradient, ratio)
      v128.store(a, square)
      v128.store(d, moved(moves, f32x4.mul(move, move), share))
      v128.store(w, f32x4.sub(weights, f32x4.mul(f32x4.splat(rate), move)))
      w += 16
      g += 16
      a += 16
      d += 16
    }
    w += skip
    g += skip
    a += skip
    d += skip
  }
}

/** a += g²; w −= rate·g / √(a + ε) */
export function adagrad(w: usize, g: usize, a: usize, count: i32, rows: i32, skip: usize, scale: f32, l1: f32, l2: f32, rate: f32, epsilon: f32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i += 4) {
      const weights = v128.load(w)
      const gradient = gradientOf(weights, g, scale, l1, l2)
      const sum = f32x4.add(v128.load(a), f32x4.mul(gradient, gradient))
      const move = f32x4.div(f32x4.mul(f32x4.splat(rate), gradient), f32x4.sqrt(f32x4.add(sum, f32x4.splat(epsilon))))
      v128.store(a, sum)
      v128.store(w, f32x4.sub(weights, move))
      w += 16
      g += 16
      a += 16
    }
    w += skip
    g += skip
    a += skip
  }
}
