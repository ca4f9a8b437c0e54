import { crc32 } from '@node-rs/crc32'
import { product } from '../base/product.js'
import { arrow } from './arrow.js'
import type { CodeArray, Dtype } from './dtype.js'
import { type CodeIdentity, canonicalJson, type Json } from './fingerprint.js'

/** The content of a shard. */
export interface ShardContent {
  readonly identity: CodeIdentity
  /** The code's shape, channels last. */
  readonly shape: readonly number[]
  readonly dtype: Dtype
  /** sha256 of each row's image file: [rows, 32]. */
  readonly images: Uint8Array
  /** 0 for the plain image. */
  readonly views: Uint16Array
  /** [rows, length]; float16 as its bits. */
  readonly codes: CodeArray
  /** What computed the codes: engine, provider, CPU; equal bytes can be had again only there. */
  readonly made?: Json | undefined
}

/** What a shard's schema says of it; the catalog can be made again from this and the columns. */
export interface ShardMetadata {
  /** Canonical JSON of the CodeIdentity. */
  readonly fingerprint: string
  readonly shape: readonly number[]
  /** JSON of what computed the codes, undefined where that is not known. */
  readonly made: string | undefined
}

/** A shard that was read, sharing the file's memory. */
export interface ShardView extends Omit<ShardContent, 'identity' | 'made'> {
  readonly metadata: ShardMetadata
  readonly rows: number
  readonly length: number
  /** CRC-32 of each code's little-endian bytes. */
  readonly crcs: Uint32Array
  /** Bytes of the file before its first code. */
  readonly codesAt: number
}

/** A shard as it is written. */
export interface EncodedShard extends Pick<ShardView, 'crcs' | 'codesAt'> {
  /** The file's bytes in order; the largest piece is the memory of the codes themselves, not a copy. */
  readonly pieces: readonly Uint8Array[]
}

/**
 * An Arrow IPC file with the columns `image` FixedSizeBinary(32), `view` UInt16, `crc` UInt32 and
 * `code` FixedSizeList<float16 | float32>; equal contents give equal bytes.
 */
export async function encodeShard({ identity, shape, dtype, images, views, codes, made }: ShardContent): Promise<EncodedShard> {
  const {
    Field,
    FixedSizeBinary,
    FixedSizeList,
    Float16,
    Float32,
    makeData,
    RecordBatch,
    RecordBatchFileWriter,
    Schema,
    Struct,
    Uint16,
    Uint32,
  } = arrow()
  const rows = views.length
  const length = codes.length / rows
  const number = dtype === 'float16' ? new Float16() : new Float32()
  const image = new FixedSizeBinary(32)
  const code = new FixedSizeList(length, new Field('item', number, false))
  const fields = [
    new Field('image', image, false),
    new Field('view', new Uint16(), false),
    new Field('crc', new Uint32(), false),
    new Field('code', code, false),
  ]
  const crcs = checksums(codes, rows)
  const child = makeData({ type: number, length: codes.length, nullCount: 0, data: codes })
  const children = [
    makeData({ type: image, length: rows, nullCount: 0, data: images }),
    makeData({ type: new Uint16(), length: rows, nullCount: 0, data: views }),
    makeData({ type: new Uint32(), length: rows, nullCount: 0, data: crcs }),
    makeData({ type: code, length: rows, nullCount: 0, child }),
  ]
  const metadata = new Map([
    ['fingerprint', canonicalJson({ ...identity })],
    ['shape', JSON.stringify(shape)],
    ...(made === undefined ? [] : [['made', canonicalJson(made)] as const]),
  ])
  const schema = new Schema(fields, metadata)
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }))
  const pieces: Uint8Array[] = []
  for await (const piece of RecordBatchFileWriter.writeAll([batch])) pieces.push(piece)
  return { pieces, crcs, codesAt: bytesBefore(codes, pieces) }
}

/** Bytes of a file before the piece that is the codes' own memory. */
function bytesBefore(codes: CodeArray, pieces: readonly Uint8Array[]): number {
  const at = pieces.findIndex(({ buffer, byteOffset }) => buffer === codes.buffer && byteOffset === codes.byteOffset)
  if (at < 0) throw new Error('Expected Arrow to write codes from where they are')
  return pieces.slice(0, at).reduce((sum, piece) => sum + piece.length, 0)
}

/** CRC-32 (zlib's) of each row's bytes. */
export function checksums(codes: CodeArray, rows: number): Uint32Array {
  const bytes = Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength)
  const rowBytes = rows === 0 ? 0 : bytes.length / rows
  return Uint32Array.from({ length: rows }, (_, row) => crc32(bytes.subarray(row * rowBytes, (row + 1) * rowBytes)))
}

/**
 * Reads the bytes of a shard. Its arrays share the bytes' memory.
 *
 * @throws Error naming what is not as it should be, when the bytes are no shard.
 */
export function decodeShard(bytes: Uint8Array): ShardView {
  const { FixedSizeList, tableFromIPC } = arrow()
  const table = tableFromIPC(bytes)
  const [batch, ...others] = table.batches
  if (!batch || others.length > 0) throw new Error(`Expected one record batch in a shard, found ${table.batches.length}`)
  const metadata = readMetadata(table.schema.metadata)
  const [image, view, crc, code] = ['image', 'view', 'crc', 'code'].map((name) => batch.getChild(name)?.data[0])
  const numbers = code?.children[0]
  if (!image || !view || !crc || !code || !numbers) throw new Error('Expected the columns image, view, crc and code in a shard')
  const codes: unknown = numbers.values
  const dtype = codes instanceof Uint16Array ? 'float16' : codes instanceof Float32Array ? 'float32' : undefined
  if (!dtype || !(codes instanceof Uint16Array || codes instanceof Float32Array))
    throw new Error(`Expected float16 or float32 codes, found ${numbers.type}`)
  const rows = batch.numRows
  const length = product(metadata.shape)
  const listSize: unknown = code.type instanceof FixedSizeList ? code.type.listSize : undefined
  if (listSize !== length) throw new Error(`Expected codes of ${length} numbers, found ${listSize}`)
  // Arrow fills each column up to a multiple of 8 bytes: the arrays may be longer than the rows, never shorter.
  if (codes.length < rows * length) throw new Error(`Expected ${rows} codes of ${length} numbers, found ${codes.length} numbers`)
  return {
    metadata,
    shape: metadata.shape,
    dtype,
    rows,
    length,
    images: image.values.subarray(0, rows * 32),
    views: view.values.subarray(0, rows),
    crcs: crc.values.subarray(0, rows),
    codes: owned(codes.subarray(0, rows * length)),
    codesAt: codes.byteOffset - bytes.byteOffset,
  }
}

/** Narrows to memory that is not shared between threads, which file contents never are. */
function owned(codes: Uint16Array | Float32Array): CodeArray {
  const { buffer, byteOffset, length } = codes
  if (!(buffer instanceof ArrayBuffer)) throw new Error('Expected codes in unshared memory')
  return codes instanceof Uint16Array ? new Uint16Array(buffer, byteOffset, length) : new Float32Array(buffer, byteOffset, length)
}

function readMetadata(metadata: ReadonlyMap<string, string>): ShardMetadata {
  const shape: unknown = JSON.parse(metadata.get('shape') ?? 'null')
  const fingerprint = metadata.get('fingerprint')
  if (!fingerprint || !Array.isArray(shape)) throw new Error("Expected a shard's metadata to hold its fingerprint and shape")
  return { fingerprint, shape: shape.map(Number), made: metadata.get('made') }
}
