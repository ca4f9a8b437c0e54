/** How text is broken into lines of a plot. */
export interface WrapOptions {
  /** Width of a line in em (multiples of the font's size). */
  readonly ems: number
  /** Most lines; what is left is cut off with an ellipsis. Default 2. */
  readonly lines?: number
}

/**
 * Breaks text at spaces (a longer word anywhere) into lines that surely fit: the width of each character is estimated from above
 * for DejaVu Sans Bold, because nothing here can measure text without a canvas.
 */
export function wrapText(text: string, { ems, lines = 2 }: WrapOptions): string[] {
  const wrapped = text
    .split(/\s+/u)
    .flatMap((word) => breakWord(word, ems))
    .reduce<string[]>((done, word) => joinWord(done, word, ems), [])
  if (wrapped.length <= lines) return wrapped
  return [...wrapped.slice(0, lines - 1), cut(`${wrapped.slice(lines - 1).join(' ')}`, ems)]
}

/** Estimated width in em, never too small for DejaVu Sans or its bold cut. */
export function textEms(text: string): number {
  return [...text].reduce((sum, character) => sum + characterEms(character), 0)
}

function characterEms(character: string): number {
  if (/[MWmw@%]/u.test(character) || character > '~') return 1.15
  return /[A-Z0-9#&+<=>_~]/u.test(character) ? 0.86 : 0.72
}

function breakWord(word: string, ems: number): string[] {
  const parts: string[] = []
  let rest = word
  while (textEms(rest) > ems) {
    const head = fittingStart(rest, ems)
    parts.push(head)
    rest = rest.slice(head.length)
  }
  return [...parts, rest].filter((part) => part !== '')
}

function joinWord(lines: string[], word: string, ems: number): string[] {
  const joined = `${lines.at(-1)} ${word}`
  return lines.length > 0 && textEms(joined) <= ems ? [...lines.slice(0, -1), joined] : [...lines, word]
}

function cut(text: string, ems: number): string {
  return `${fittingStart(text, ems - textEms('…'))}…`
}

/** The longest start of the text that fits, at least one character. */
export function fittingStart(text: string, ems: number): string {
  const [first = '', ...others] = text
  let head = first
  for (const character of others) {
    if (textEms(head + character) > ems) break
    head += character
  }
  return head
}
