/** An image to be put into a part. */
export interface SplitImage {
  /** Its class; in a multi-label set all of its labels in one text. */
  readonly label: string
  /** Set for every image of a multi-label set; none is legal. */
  readonly labels?: readonly string[] | undefined
  /** Of the image file's bytes, in hex. */
  readonly sha256: string
  /** Set where it shows the same picture as others, which it stays together with, in whatever classes they are. */
  readonly cluster?: string | undefined
  /** Set where the folders divide the data set; then they are used as they are. */
  readonly part?: 'train' | 'validation' | 'test' | undefined
}
