/** Codes of some samples in memory that threads share, as they are stored. */
export interface CodeWindow {
  /** [rows, columns] float16 or float32, row-major. */
  readonly buffer: SharedArrayBuffer
  readonly dtype: 'float16' | 'float32'
  readonly rows: number
  readonly columns: number
}
