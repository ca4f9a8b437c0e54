import { expect, it } from 'vitest'
import { hasVnni } from '../../src/engine/has-vnni.js'

const cpuinfo = (flags: string) => `processor\t: 0\nmodel name\t: Some CPU avx_vnni\nflags\t\t: fpu sse2 ${flags}\nbugs\t\t: none\n`

it.each([
  ['x64', cpuinfo('avx2'), false],
  ['x64', cpuinfo('avx2 avx512f avx512bw'), false],
  ['x64', cpuinfo('avx2 avx512f avx512_vnni'), true],
  ['x64', cpuinfo('avx2 avx_vnni'), true],
  ['x64', '', false],
  ['arm64', '', true],
])('%s with %j: %s', (arch, flags, expected) => expect(hasVnni(arch, flags)).toBe(expected))
