/** Text from outside as one harmless line: control characters, which could move the cursor or colour it, become ?. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const oneLine = (text: string) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
