import type { WeightSource } from '../../weights/weight-source.js'

/** A published data set: where its archive comes from, and what is in it. */
export interface DatasetSource extends WeightSource {
  /** As `get-dataset` and recipes call it; also the folder it is unpacked into. */
  readonly name: string
  readonly title: string
  readonly licence: string
  /** Length of the archive. */
  readonly bytes: number
  /** The archive is a zip that holds this .tar.gz; undefined: it is a .tar.gz itself. */
  readonly inner: string | undefined
  /** The folder that everything in the tar archive lies in; it is taken off. */
  readonly root: string
  /** Images in the archive. */
  readonly images: number
  /** Where the class folders are below the unpacked folder; '' for itself. */
  readonly imageFolder: string
  /** A class that is none, which experiments leave out. */
  readonly background: string | undefined
}
