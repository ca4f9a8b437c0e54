/** Tells each text once: several kinds of codes have much to say in common. */
export function onceEach(tell: ((text: string) => void) | undefined): (text: string) => void {
  const told = new Set<string>()
  return (text) => {
    if (!told.has(text)) tell?.(text)
    told.add(text)
  }
}
