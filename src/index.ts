export { extractCodes } from './extract/extract-codes.js'
export type { ExtractOptions, ExtractProgress, ExtractResult, Quarantined } from './extract/options.js'
