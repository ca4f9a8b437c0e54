/** Where the official weights of an architecture come from. */
export interface WeightSource {
  /** The file's name, in the packages' cache folders as in ours. */
  readonly file: string
  readonly url: string
  /** As the package states it; undefined where it states none. */
  readonly checksum: Checksum | undefined
  /** A download beyond this is broken off. */
  readonly maxBytes: number
  /** The package and version that state all this. */
  readonly statedBy: string
}

export interface Checksum {
  readonly algorithm: 'md5' | 'sha256'
  /** Lower-case hex digits; of a sha256 perhaps only the first ones. */
  readonly hex: string
}
