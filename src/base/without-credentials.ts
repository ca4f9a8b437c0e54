/** Names of options, parameters and variables whose values are nobody's business. */
const secret =
  /(token|secret|password|passwd|passphrase|api[-_]?key|access[-_]?key|credential|signature|authorization|^auth$|^sig$|^key$|^pwd$)/i

/**
 * The words of a command line without credentials: users and passwords of URLs, values of secret parameters in them (token=…,
 * X-Amz-Signature=…), and values of options of such names are "…".
 */
export function withoutCredentials(words: readonly string[]): string[] {
  return words.map((word, at) => {
    const before = words[at - 1] ?? ''
    const isValue = /^--?[^=]+$/.test(before) && isSecret(before) && !word.startsWith('-')
    return isValue ? '…' : cleaned(word)
  })
}

const isSecret = (name: string) => secret.test(name.replace(/^-+/, ''))

function cleaned(word: string): string {
  const [, option, value] = /^(--?[^=\s]+)=(.*)$/s.exec(word) ?? []
  if (option !== undefined && isSecret(option)) return `${option}=…`
  const text = (value ?? word)
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi, '$1…@')
    .replaceAll(/([?&#;])([^=&#;\s]+)=([^&#;\s]*)/g, (all, mark: string, name: string) => (isSecret(name) ? `${mark}${name}=…` : all))
  return option === undefined ? text : `${option}=${text}`
}
