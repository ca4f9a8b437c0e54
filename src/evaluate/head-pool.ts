import { usageError } from '../base/errors.js'
import type { Pool } from '../cache/pool-codes.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { HeadOptions } from './head-options.js'

/**
 * The view of the codes that a head is trained on: what it begins with, else `pool`, else none.
 *
 * @throws UserError where both are given and differ.
 */
export function headPool({ head = 'softmax', pool }: Pick<HeadOptions, 'head' | 'pool'>): Pool {
  const { pool: own } = parseHead(head)
  if (own !== undefined && pool !== undefined && own !== pool) {
    throw usageError('--pool', `left out or "${own}", with which the head "${head}" begins`, pool)
  }
  return own ?? pool ?? 'none'
}
