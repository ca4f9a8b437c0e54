/** 0.9563 → '95.6 %'. */
export const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`

/** Seconds as people say them: '0.4 s', '12 s', '3:05', '1:02:09'. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** How long ago something was, in milliseconds, as people say it: 'just now', '1 hour ago', '12 days ago'. */
export function age(milliseconds: number): string {
  const units = [
    ['year', 365 * 24 * 3600],
    ['month', 30 * 24 * 3600],
    ['day', 24 * 3600],
    ['hour', 3600],
    ['minute', 60],
  ] as const
  const [unit, seconds] = units.find(([, length]) => milliseconds >= length * 1000) ?? ['', 1]
  const whole = Math.floor(milliseconds / 1000 / seconds)
  return unit === '' ? 'just now' : `${whole} ${unit}${whole === 1 ? '' : 's'} ago`
}

/** 1088000000 → '1.1 GB'. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  return power === 0 ? `${count} bytes` : `${(count / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** 8677 → '8,677'. */
export const count = (value: number) => value.toLocaleString('en-US')

/** 1, 'shard' → '1 shard'; 1200, 'shard' → '1,200 shards'. */
export const counted = (value: number, what: string) => `${count(value)} ${what}${value === 1 ? '' : 's'}`

/** 21802784 → '21.8 M'. */
export function magnitude(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T']
  const rounded = Number(value.toPrecision(3))
  const power = rounded < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(rounded) / 3))
  return power === 0 ? String(value) : `${(rounded / 1000 ** power).toPrecision(3)}${units[power]}`
}

/** [7, 7, 512] → '7 × 7 × 512'; null, where a shape is not known, → '?'. */
export const shapeText = (shape: readonly number[] | null) => shape?.join(' × ') ?? '?'
