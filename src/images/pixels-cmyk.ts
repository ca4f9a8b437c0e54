/**
 * uint8 [n, 4] C M Y K → uint8 [n, 3] R G B as Pillow's convert("RGB") does: no profile, channel = (255 − K)·(255 − ink) / 255, rounded.
 *
 * Source: Pillow, libImaging/Convert.c, cmyk2rgb and MULDIV255.
 */
export function cmykToRgb(cmyk: Uint8Array): Buffer {
  const count = cmyk.length / 4
  const rgb = Buffer.allocUnsafe(count * 3)
  for (let i = 0; i < count; i++) {
    // hot loop: every index is in range
    const light = 255 - (cmyk[i * 4 + 3] as number)
    for (let channel = 0; channel < 3; channel++) {
      const product = (cmyk[i * 4 + channel] as number) * light + 128
      rgb[i * 3 + channel] = light - (((product >> 8) + product) >> 8)
    }
  }
  return rgb
}
