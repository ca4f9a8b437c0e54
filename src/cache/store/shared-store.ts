import type { Published } from '../publish.js'

/** A file of a shared location. */
export interface StoredFile {
  /** Below the location, with / between the parts. */
  readonly name: string
  readonly bytes: number
}

/**
 * Where many machines keep finished work: a folder that all of them see, or a bucket. Files are named by the sha256 of their
 * content, so that a name tells whether a file is whole, and two machines that make the same one make it once.
 */
export interface SharedStore {
  /** The location as the user named it, without credentials. */
  readonly location: string
  /**
   * Puts content, given in pieces, into a folder (names with / between) under its own sha256: whole, or not at all. One that is there
   * already stays.
   *
   * @throws UserError when it cannot be written.
   */
  publish(folder: string, content: readonly Uint8Array[], extension: string): Promise<Published>
  /** Where a file lies: an absolute path, or s3://bucket/name. */
  addressOf(name: string): string
  /** Whether a file that was put there by another machine can be seen from here by now. */
  isInSight(name: string): boolean
  /**
   * A file's content.
   *
   * @throws UserError when there is none, it cannot be read, or its content is not what its name says.
   */
  read(name: string): Promise<Uint8Array>
  /**
   * The files below a folder, in the order of their names; none where there is no such folder.
   *
   * @throws UserError when they cannot be listed.
   */
  list(folder: string): AsyncIterable<StoredFile>
}
