import { basename } from 'node:path'

/** What `--repair` does about a problem. */
export type Mend =
  /** The shard's file is moved out of the way and the catalog forgets it: its images are computed again. */
  | 'put-aside'
  /** The catalog forgets the shard, and enters it again where its file is whole. */
  | 'enter'
  /** Rows of the catalog that are not as they were written are deleted, with those that hang on them. */
  | 'purge'
  /** The catalog is made again from the shards. */
  | 'rebuild'
  /** A temporary file is removed. */
  | 'clear'

/** Something that is not as it should be in a cache folder. */
export interface Problem {
  /** File below the folder of codes: `<fingerprint>/<sha256>.arrow`, `catalog.sqlite`. */
  readonly file: string
  /** What is wrong, as the end of a sentence about the file. */
  readonly reason: string
  /**
   * bad: codes or the catalog cannot be relied on. orphan: a whole shard that the catalog does not know, as a crash leaves it; leftover:
   * other remains of a crash. strange: a file that is none of the cache's. Only bad is a failure.
   */
  readonly kind: 'bad' | 'orphan' | 'leftover' | 'strange'
  /** undefined where only the user can do something. */
  readonly mend?: Mend
}

/** What a problem is known by in results: a shard by its digest, any other file by its path below the folder of codes. */
export function shardOf({ file }: Pick<Problem, 'file'>): string {
  return file.endsWith('.arrow') ? basename(file, '.arrow') : file
}
