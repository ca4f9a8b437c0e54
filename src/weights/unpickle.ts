import type { ByteCursor } from './byte-cursor.js'

/** A function or class that a pickle names, and that its reader knows: a name only, nothing is ever imported or run. */
export class PickleGlobal {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What a pickle may speak of. Values: null, boolean, number, bigint, string, Uint8Array, arrays (lists and tuples), Map (dicts). */
export interface PickleReader {
  /** Names such as `collections.OrderedDict`; every other one is refused. */
  readonly globals: ReadonlySet<string>
  /** What calling a known name stands for. */
  call(name: string, args: readonly unknown[]): unknown
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown
}

/**
 * Reads one pickle, of which only the data is understood: it calls nothing, and refuses what `reader` does not know.
 *
 * Source of the opcodes: CPython, Lib/pickletools.py (protocols 2 to 5, without buffers and extensions).
 *
 * @throws Error when it is damaged, breaks off or names anything unknown.
 */
export function unpickle(cursor: ByteCursor, reader: PickleReader): unknown {
  const machine: Machine = { cursor, reader, stack: [], marks: [], memo: new Map() }
  for (;;) {
    const opcode = cursor.uint8()
    if (opcode === STOP) return pop(machine)
    const step = steps.get(opcode)
    if (!step) throw new Error(`a pickle with opcode 0x${opcode.toString(16)}, which weights do not need`)
    step(machine)
  }
}

interface Machine {
  readonly cursor: ByteCursor
  readonly reader: PickleReader
  readonly stack: unknown[]
  readonly marks: number[]
  readonly memo: Map<number, unknown>
}

type Step = (machine: Machine) => void

const STOP = 0x2e

/** By pickletools' names. */
const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, ({ cursor }) => void cursor.uint8()], // PROTO
  [0x95, ({ cursor }) => void cursor.uint64()], // FRAME
  [0x28, ({ marks, stack }) => void marks.push(stack.length)], // MARK
  [0x30, (machine) => void pop(machine)], // POP
  [0x4e, ({ stack }) => void stack.push(null)], // NONE
  [0x88, ({ stack }) => void stack.push(true)], // NEWTRUE
  [0x89, ({ stack }) => void stack.push(false)], // NEWFALSE
  [0x4a, ({ stack, cursor }) => void stack.push(cursor.int32())], // BININT
  [0x4b, ({ stack, cursor }) => void stack.push(cursor.uint8())], // BININT1
  [0x4d, ({ stack, cursor }) => void stack.push(cursor.uint16())], // BININT2
  [0x8a, ({ stack, cursor }) => void stack.push(longOf(cursor.bytes(cursor.uint8())))], // LONG1
  [0x47, ({ stack, cursor }) => void stack.push(cursor.float64BigEndian())], // BINFLOAT
  [0x58, ({ stack, cursor }) => void stack.push(cursor.text(cursor.uint32()))], // BINUNICODE
  [0x8c, ({ stack, cursor }) => void stack.push(cursor.text(cursor.uint8()))], // SHORT_BINUNICODE
  [0x8d, ({ stack, cursor }) => void stack.push(cursor.text(cursor.uint64()))], // BINUNICODE8
  [0x54, ({ stack, cursor }) => void stack.push(cursor.text(cursor.uint32()))], // BINSTRING
  [0x55, ({ stack, cursor }) => void stack.push(cursor.text(cursor.uint8()))], // SHORT_BINSTRING
  [0x42, ({ stack, cursor }) => void stack.push(cursor.bytes(cursor.uint32()))], // BINBYTES
  [0x43, ({ stack, cursor }) => void stack.push(cursor.bytes(cursor.uint8()))], // SHORT_BINBYTES
  [0x5d, ({ stack }) => void stack.push([])], // EMPTY_LIST
  [0x29, ({ stack }) => void stack.push([])], // EMPTY_TUPLE
  [0x7d, ({ stack }) => void stack.push(new Map())], // EMPTY_DICT
  [0x74, (machine) => void machine.stack.push(popToMark(machine))], // TUPLE
  [0x85, (machine) => pushTuple(machine, 1)], // TUPLE1
  [0x86, (machine) => pushTuple(machine, 2)], // TUPLE2
  [0x87, (machine) => pushTuple(machine, 3)], // TUPLE3
  [0x61, (machine) => append(machine, [pop(machine)])], // APPEND
  [0x65, (machine) => append(machine, popToMark(machine))], // APPENDS
  [0x73, (machine) => setItems(machine, popMany(machine, 2))], // SETITEM
  [0x75, (machine) => setItems(machine, popToMark(machine))], // SETITEMS
  [0x71, (machine) => memorise(machine, machine.cursor.uint8())], // BINPUT
  [0x72, (machine) => memorise(machine, machine.cursor.uint32())], // LONG_BINPUT
  [0x94, (machine) => memorise(machine, machine.memo.size)], // MEMOIZE
  [0x68, (machine) => recall(machine, machine.cursor.uint8())], // BINGET
  [0x6a, (machine) => recall(machine, machine.cursor.uint32())], // LONG_BINGET
  [0x63, (machine) => pushGlobal(machine, machine.cursor.line(), machine.cursor.line())], // GLOBAL
  [0x93, (machine) => pushGlobal(machine, ...moduleAndName(popMany(machine, 2)))], // STACK_GLOBAL
  [0x52, call], // REDUCE
  [0x81, call], // NEWOBJ
  [0x62, (machine) => void pop(machine)], // BUILD: the state of an object (such as an OrderedDict's `_metadata`) is left out
  [0x51, (machine) => void machine.stack.push(machine.reader.persistent(pop(machine)))], // BINPERSID
])

function pop({ stack, marks }: Machine): unknown {
  if (stack.length <= (marks.at(-1) ?? 0)) throw new Error('a damaged pickle: its stack is empty')
  return stack.pop()
}

function popMany(machine: Machine, count: number): unknown[] {
  return Array.from({ length: count }, () => pop(machine)).reverse()
}

function popToMark({ stack, marks }: Machine): unknown[] {
  const mark = marks.pop()
  if (mark === undefined) throw new Error('a damaged pickle: its mark is missing')
  return stack.splice(mark)
}

function pushTuple(machine: Machine, length: number): void {
  machine.stack.push(popMany(machine, length))
}

function append({ stack }: Machine, values: readonly unknown[]): void {
  const list = stack.at(-1)
  if (!Array.isArray(list)) throw new Error('a damaged pickle: it appends to what is no list')
  for (const value of values) list.push(value)
}

function setItems({ stack }: Machine, values: readonly unknown[]): void {
  const dict = stack.at(-1)
  if (!(dict instanceof Map) || values.length % 2 !== 0) throw new Error('a damaged pickle: it sets items of what is no dict')
  for (let i = 0; i < values.length; i += 2) dict.set(values[i], values[i + 1])
}

function memorise({ stack, memo }: Machine, key: number): void {
  if (stack.length === 0) throw new Error('a damaged pickle: its stack is empty')
  memo.set(key, stack.at(-1))
}

function recall({ stack, memo }: Machine, key: number): void {
  if (!memo.has(key)) throw new Error(`a damaged pickle: it recalls ${key}, which it never stored`)
  stack.push(memo.get(key))
}

function moduleAndName([module, name]: readonly unknown[]): [string, string] {
  if (typeof module !== 'string' || typeof name !== 'string') throw new Error('a damaged pickle: it names a global by no name')
  return [module, name]
}

function pushGlobal({ stack, reader }: Machine, module: string, name: string): void {
  const full = `${module}.${name}`
  if (!reader.globals.has(full))
    throw new Error(
      `a pickle that asks for ${JSON.stringify(full)}, which is refused: only tensors and plain containers are read (of a whole module, save its state_dict())`,
    )
  stack.push(new PickleGlobal(full))
}

function call(machine: Machine): void {
  const [callee, args] = popMany(machine, 2)
  if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) throw new Error('a pickle that calls what is no known name')
  machine.stack.push(machine.reader.call(callee.name, args))
}

/** Two's complement, little-endian; a number where it is exact. */
function longOf(bytes: Uint8Array): number | bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const signed = BigInt.asIntN(8 * bytes.length, value)
  const exact = Number(signed)
  return Number.isSafeInteger(exact) ? exact : signed
}
