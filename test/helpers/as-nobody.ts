/** The user who owns nothing. */
export const nobody = 65534

/** Does something without root's power to write wherever it likes; whoever is not root has none. */
export async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action()
  process.seteuid?.(nobody)
  try {
    return await action()
  } finally {
    process.seteuid?.(0)
  }
}
