import { createHash } from 'node:crypto'

/** A style or script as a Content-Security-Policy allows it. Source: CSP Level 3, section 2.3.1. */
export const policyDigest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
