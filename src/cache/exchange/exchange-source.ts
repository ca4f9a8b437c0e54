import { product } from '../../base/product.js'
import type { ExchangeMetadata } from './exchange-metadata.js'
import type { CodeBlock } from './exchange-row.js'

/** An exported file that is open for reading. Nothing that it says of itself is believed yet, but for its form. */
export interface ExchangeSource {
  readonly metadata: ExchangeMetadata
  /** Rows, where they are known before they are read. */
  readonly total: number | undefined
  /**
   * The rows in their order.
   *
   * @throws Error whose message says what is wrong, as the end of a sentence.
   */
  blocks(): AsyncIterable<CodeBlock>
}

/** Numbers in a code. */
export const codeLength = ({ shape }: Pick<ExchangeMetadata, 'shape'>) => product(shape)
