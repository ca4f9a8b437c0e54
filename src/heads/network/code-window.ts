/** Codes of some samples in memory that threads share, as they are stored. */
export interface CodeWindow {
  /** [rows, columns] float16 or float32, row-major. */
  readonly buffer: SharedArrayBuffer
  readonly dtype: 'float16' | 'float32'
  readonly rows: number
  readonly columns: number
}

/** A window, and whose codes it holds. */
export interface SampleWindow extends CodeWindow {
  /** Its rows in the order of this pass; byte-equal images may share one. */
  readonly order: Int32Array
  /** The sample at each place of that order. */
  readonly samples: Int32Array
}

/** Samples whose codes come in windows: one, where all fit into memory. */
export interface CodeSource {
  /** How many samples there are. */
  readonly count: number
  /** Each sample once, in an order of the epoch's own. The next window may take the last one's memory. */
  windows(epoch: number): AsyncIterable<SampleWindow>
}
