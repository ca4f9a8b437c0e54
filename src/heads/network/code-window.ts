import type { CodeWindow } from '../../cache/code-windows.js'

/** What a stem needs of a window: its codes [rows, columns]. */
export type WindowCodes = Pick<CodeWindow, 'buffer' | 'dtype' | 'rows' | 'columns'>

/** Samples whose codes come in windows. */
export interface CodeSource {
  /** How many samples there are. */
  readonly samples: number
  /** Windows with each sample once, in an order of the epoch's own. The next window may take the last one's memory. */
  windows(epoch: number): AsyncIterable<CodeWindow>
}
