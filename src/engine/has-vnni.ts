import { existsSync, readFileSync } from 'node:fs'

/** Flags of /proc/cpuinfo that promise sums of byte products in 32 bits. */
const exact = ['avx512_vnni', 'avx_vnni', 'avx_vnni_int8', 'amx_int8']

/**
 * Whether a CPU adds products of bytes in 32 bits, so that int8 weights may use all 8 bits.
 *
 * Told from /proc/cpuinfo on Linux. ARM of 64 bits never saturates; of x86 on Windows and macOS nothing is known here,
 * and the answer is no.
 *
 * @param cpuinfo default: this machine's.
 */
export function hasVnni(arch: string = process.arch, cpuinfo = linuxCpuInfo()): boolean {
  if (arch === 'arm64') return true
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/) ?? []
  return exact.some((flag) => flags.includes(flag))
}

function linuxCpuInfo(): string {
  const path = '/proc/cpuinfo'
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
