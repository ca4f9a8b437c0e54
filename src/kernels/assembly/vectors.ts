// Float32 vector arithmetic of L-BFGS.

// @ts-ignore: decorator
@inline
function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 1))
}

/** Σ a[i]·b[i], i < count: products in float32, their sum in float64 (eight partial sums, added in a fixed order). */
export function dot(a: usize, b: usize, count: i32): f64 {
  let sum0 = f64x2.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0
  let i = 0
  for (; i + 8 <= count; i += 8) {
    const p = f32x4.mul(v128.load(a), v128.load(b))
    const q = f32x4.mul(v128.load(a, 16), v128.load(b, 16))
    sum0 = f64x2.add(sum0, f64x2.promote_low_f32x4(p))
    sum1 = f64x2.add(sum1, promoteHigh(p))
    sum2 = f64x2.add(sum2, f64x2.promote_low_f32x4(q))
    sum3 = f64x2.add(sum3, promoteHigh(q))
    a += 32
    b += 32
  }
  const sum = f64x2.add(f64x2.add(sum0, sum1), f64x2.add(sum2, sum3))
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
  for (; i < count; i++) {
    total += <f64>(load<f32>(a) * load<f32>(b))
    a += 4
    b += 4
  }
  return total
}

/** y[i] += alpha·x[i], i < count, in float32 (alpha rounded to float32 first). */
export function axpy(alpha: f32, x: usize, y: usize, count: i32): void {
  const factor = f32x4.splat(alpha)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, v128.load(x))))
    x += 16
    y += 16
  }
  for (; i < count; i++) {
    store<f32>(y, load<f32>(y) + alpha * load<f32>(x))
    x += 4
    y += 4
  }
}
