/** The result of an action whose failure must not stop or hide what is around it: undefined where it fails. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
