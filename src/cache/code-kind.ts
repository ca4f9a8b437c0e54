/** What tells kinds of codes apart, by the options of `codes`. */
export interface CodeKind {
  /** `--model` as it was given. */
  readonly model: string
  /** The resolved name of the layer. */
  readonly layer: string
  /** Side of the input in pixels. */
  readonly size: number
  readonly precision: string
  /** Rule of resizing. */
  readonly resize: string
  readonly decoder: string
  /** Whether images are turned as their EXIF orientation says. */
  readonly exif: boolean
  readonly alpha: string
  readonly truncated: string
  /** How views beyond the plain image are made, `none` of the plain one; their seed is told by the fingerprint alone. */
  readonly augment: string
  /** 0: the plain image. */
  readonly view: number
}

/** The parts of a kind beside its model, in the order in which they are told. */
export const kindParts = ['layer', 'size', 'precision', 'resize', 'decoder', 'exif', 'alpha', 'truncated', 'augment', 'view'] as const

/** In what kinds differ beside the model. */
export function varyingParts(kinds: readonly CodeKind[]): (typeof kindParts)[number][] {
  return kindParts.filter((part) => new Set(kinds.map((kind) => kind[part])).size > 1)
}

/** What identities lack where it is as usual: how images are decoded, and that they are seen as they are. */
export const usualDecoding = { decoder: 'exact', exif: true, alpha: 'white', truncated: 'reject' } as const satisfies Partial<CodeKind>
export const plainImage = { augment: 'none', view: 0 } as const satisfies Partial<CodeKind>

/** A kind for people. */
export function kindText(kind: CodeKind): string {
  const { model, layer, size, precision, resize } = kind
  return [model, `layer ${layer}`, `size ${size}`, precision, resize, ...unusual(kind)].join(', ')
}

/** The options that make codes of a kind, beside its model. */
export function kindOptions(kind: CodeKind): string[] {
  const { layer, size, precision, resize } = kind
  const computing = [
    ...(precision === 'float32' ? [] : [optionText('precision', precision)]),
    ...(resize === 'squish' ? [] : [optionText('resize', resize)]),
  ]
  return [optionText('layer', layer), optionText('size', size), ...computing, ...unusual(kind)]
}

/** What of the decoding and the view is not as usual, as the options that ask for it. */
export function unusual(kind: CodeKind): string[] {
  const usual = { ...usualDecoding, ...plainImage }
  const names = ['decoder', 'exif', 'alpha', 'truncated', 'augment', 'view'] as const
  return names.flatMap((name) => (kind[name] === usual[name] ? [] : optionText(name, kind[name])))
}

/** An option as it is typed: --size 224, --no-exif. */
export function optionText(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? `--${name}` : `--no-${name}`
  return `--${name} ${value}`
}
