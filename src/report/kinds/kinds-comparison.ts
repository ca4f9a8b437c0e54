import type { ComparedKind } from '../../evaluate/compared-kind.js'

/** Kinds of codes side by side, and how they were measured. */
export interface KindsComparison {
  /** The best accuracy first. */
  readonly rows: readonly ComparedKind[]
  readonly seconds: number
  /** A name that is safe as that of a file. */
  readonly name: string
  /** Root of the data set. */
  readonly data: string
  readonly images: number
  readonly classes: number
  /** Test images of each split. */
  readonly test: number
  /** Splits: fewer than asked for where all would be the same. */
  readonly repeats: number
  readonly asked: number
  readonly perClass: number | null
  readonly seed: number
  readonly split: { readonly train: string; readonly validation: string }
}
