/**
 * A mistake the user can mend: printed as one sentence, without a stack trace.
 *
 * The message says what was expected, what was found (with the path), and what to do.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** 1: the work failed; 2: wrong usage. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Wrong usage: an option's value breaks its rule. Exit code 2. */
export function usageError(name: string, rule: string, found: unknown, fix?: string): UserError {
  const value = typeof found === 'string' ? `"${found}"` : String(found)
  return new UserError(`Expected ${name} to be ${rule}, got ${value}.${fix ? ` ${fix}` : ''}`, 2)
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What another program's error says, as a part of a sentence: on one line, of at most 300 characters, without a full stop. */
export function clauseOf(error: unknown): string {
  const line = messageOf(error).replaceAll(/\s+/g, ' ').trim()
  return line.slice(0, 300).trim().replace(/\.$/, '')
}

/** The system's error code (ENOENT, EACCES, …), if the value is a system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
