/** An object of JSON whose fields are yet to be checked. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of an object; none for any other value. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? Object.fromEntries(Object.entries(value)) : {}
}

/** The items of a list; none for any other value. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Neither a list nor null. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of JSON text, or of its bytes in UTF-8; undefined where it is none. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch {
    return undefined
  }
}
