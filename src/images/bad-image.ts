/**
 * Why a file is not taken: `format` for anything that is not one of the six formats, `decode` for damage other than a
 * missing end, `unreadable` where the system does not give its bytes, `changing` where it was written meanwhile.
 */
export type BadImageCode = 'empty' | 'format' | 'truncated' | 'too-large' | 'decode' | 'unreadable' | 'changing'

/** A file that is not a usable image: quarantined, counted and listed; the run goes on. */
export class BadImage extends Error {
  override readonly name = 'BadImage'
  readonly code: BadImageCode

  constructor(code: BadImageCode, message: string) {
    super(message)
    this.code = code
  }
}
