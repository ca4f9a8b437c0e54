import { readFileSync } from 'node:fs'

/** Flags of /proc/cpuinfo that promise sums of byte products in 32 bits. */
const exact = ['avx512_vnni', 'avx_vnni', 'avx_vnni_int8', 'amx_int8']

/**
 * Whether this CPU adds products of bytes in 32 bits, so that int8 weights may use all 8 bits.
 *
 * Told from /proc/cpuinfo on Linux. ARM of 64 bits never saturates; elsewhere (x86 on Windows and macOS) the answer is no.
 */
export function hasVnni(): boolean {
  if (process.arch === 'arm64') return true
  if (process.platform !== 'linux') return false
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(/\s+/) ?? []
  return exact.some((flag) => flags.includes(flag))
}
