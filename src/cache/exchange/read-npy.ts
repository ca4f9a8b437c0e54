import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Floats } from '../../base/floats.js'
import { createFloat16 } from '../../kernels/float16.js'
import { createKernels } from '../../kernels/kernels.js'
import { dtypeBytes } from '../dtype.js'
import { blockRows, type CodeBlock, type ExchangeRow, rowColumns } from './exchange-row.js'
import { codeLength, type ExchangeSource } from './exchange-source.js'
import { type NpyHeader, npyHeaderBytes, readNpyHeader } from './npy-header.js'
import { rowOf } from './read-csv.js'
import { readSidecar } from './read-sidecar.js'
import { readTable } from './read-table.js'

/** Opens the folder of an export for numpy: codes.npy, rows.csv, codes.json. */
export function openNpy(folder: string): ExchangeSource {
  const { metadata, rows } = readSidecar(join(folder, 'codes.json'))
  return { metadata, total: rows, blocks: () => blocks(folder, metadata.shape) }
}

async function* blocks(folder: string, shape: readonly number[]): AsyncGenerator<CodeBlock> {
  const file = await open(join(folder, 'codes.npy'), 'r')
  try {
    const header = await headerOf(file)
    const count = header.shape[0] ?? 0
    if (header.shape.slice(1).join() !== shape.join()) {
      throw new Error(`codes.npy has the shape [${header.shape.join(', ')}], not [rows, ${shape.join(', ')}]`)
    }
    const length = codeLength({ shape })
    const reader = numbersOf(file, header)
    let rows: ExchangeRow[] = []
    let before = 0
    for await (const cells of readTable(join(folder, 'rows.csv'), rowColumns)) {
      rows.push(rowOf(cells, before + rows.length + 1))
      if (before + rows.length > count) throw new Error(`rows.csv has more rows than codes.npy, which has ${count}`)
      if (rows.length < blockRows(length, 'npy')) continue
      yield { rows, codes: await reader(before * length, rows.length * length) }
      before += rows.length
      rows = []
    }
    if (before + rows.length < count) throw new Error(`rows.csv has ${before + rows.length} rows, codes.npy ${count}`)
    if (rows.length > 0) yield { rows, codes: await reader(before * length, rows.length * length) }
  } finally {
    await file.close()
  }
}

async function headerOf(file: FileHandle) {
  const head = Buffer.alloc(npyHeaderBytes)
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  const header = readNpyHeader(head.subarray(0, bytesRead))
  const expected = header.bytes + codeLength(header) * dtypeBytes(header.dtype)
  const { size } = await file.stat()
  if (size !== expected) throw new Error(`codes.npy has ${size} bytes, not ${expected} as its header says`)
  return header
}

/** Reads some of the numbers, from one on, as float32. */
function numbersOf(file: FileHandle, { dtype, bytes }: NpyHeader & { readonly bytes: number }) {
  const float16 = createFloat16(createKernels())
  return async (from: number, count: number): Promise<Floats> => {
    const out = new Float32Array(count)
    const stored = dtype === 'float16' ? new Uint16Array(count) : out
    const room = new Uint8Array(stored.buffer)
    await file.read(room, 0, room.length, bytes + from * stored.BYTES_PER_ELEMENT)
    if (stored instanceof Uint16Array) float16.fromFloat16(stored, out)
    return out
  }
}
