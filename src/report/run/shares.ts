/** 0.9563 → '95.6 %', with a space that does not break. */
export const percent = (share: number) => `${(share * 100).toFixed(1)}\u00a0%`

/** A share of an interval, cut to what it can be. */
export const interval = (low: number | null, high: number | null) =>
  low === null || high === null ? 'none' : `${(Math.max(0, low) * 100).toFixed(1)} – ${(Math.min(1, high) * 100).toFixed(1)}\u00a0%`

/** A cell of a table that shows a share and is sorted by it; a dash where there is none. */
export const shareCell = (share: number | null | undefined) =>
  share === null || share === undefined ? { shown: '–', sort: -1 } : { shown: percent(share), sort: share }

/** 8677 → '8,677'. */
export const count = (value: number) => value.toLocaleString('en-US')

/** 1, 'image' → '1 image'; 1200, 'image' → '1,200 images'. */
export const counted = (value: number, what: string) => `${count(value)} ${what}${value === 1 ? '' : 's'}`
