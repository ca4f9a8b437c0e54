import PQueue from 'p-queue'
import { BufferStock } from '../base/buffer-stock.js'
import { sha256 } from '../base/content-file.js'
import type { Floats } from '../base/floats.js'
import { ViewMaker } from '../images/augment/view-maker.js'
import { BadImage } from '../images/bad-image.js'
import { ImageDecoder } from '../images/image-decoder.js'
import { jpegFrame } from '../images/jpeg-header.js'
import type { RgbImage } from '../images/pixels.js'
import { Resampler } from '../images/resampler.js'
import { sniffFormat } from '../images/sniff.js'
import type { Kernels } from '../kernels/kernels.js'
import type { BatchRequest, InputSetup, NetworkInput, Refusal } from './messages.js'

/** Images that may unfold to more than a few megabytes of pixels are decoded two at a time; see `isSmall`. */
const largeAtOnce = 2
const smallPixels = 2 ** 21

/** Networks whose images are decoded alike. */
interface DecodeGroup {
  readonly decoder: ImageDecoder
  /** Their positions in the setup. */
  readonly networks: readonly number[]
}

/** A decoded image with the sha256 of its file, where views are drawn by it. */
interface HashedImage extends RgbImage {
  readonly hash: string
}

/** A batch in the making. */
interface Making {
  readonly inputs: readonly Floats[]
  /** For each network the place of an image in its input, by the image's position in the request. */
  readonly slots: readonly ReadonlyMap<number, number>[]
  /** For each network why an image is refused, by its position in the request. */
  readonly refused: readonly Map<number, Refusal>[]
}

/** Makes the networks' inputs from the bytes of image files, each image decoded once for all that decode alike; buffers are reused. */
export class NetworkInputs {
  readonly #networks: readonly InputSetup[]
  readonly #groups: readonly DecodeGroup[]
  readonly #resampler: Resampler
  readonly #views: ViewMaker
  readonly #large = new PQueue({ concurrency: largeAtOnce })
  /** The inputs that no batch is using. */
  readonly #spare = new BufferStock()

  /** @throws UserError where a decoder that the networks ask for is not there. */
  constructor(networks: readonly InputSetup[], kernels: Kernels) {
    this.#networks = networks
    this.#groups = decodeGroups(networks)
    this.#resampler = new Resampler(kernels)
    this.#views = new ViewMaker(this.#resampler)
  }

  /** Decodes the images and resizes each for every network as soon as it is decoded, so that its pixels go again; bad ones are named. */
  async make({ images, wanted }: Pick<BatchRequest, 'images' | 'wanted'>): Promise<NetworkInput[]> {
    const making: Making = {
      inputs: this.#networks.map((network, which) => this.#take(network, wanted[which]?.images.length ?? 0)),
      slots: wanted.map(({ images: positions }) => new Map(positions.map((at, slot) => [at, slot]))),
      refused: wanted.map(() => new Map()),
    }
    const one = async (bytes: Buffer, at: number) => {
      for (const group of this.#groups) await this.#place(bytes, at, { group, making })
    }
    const files = images.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))
    await Promise.all(files.map((bytes, at) => (isSmall(bytes) ? one(bytes, at) : this.#large.add(() => one(bytes, at)))))
    return making.inputs.map((input, which) => {
      const positions = wanted[which]?.images ?? []
      const bad = making.refused[which] ?? new Map()
      closeGaps(input, positions, bad, inputLength(this.#networks[which]))
      return { input, good: positions.filter((at) => !bad.has(at)), refused: positions.flatMap((at) => bad.get(at) ?? []) }
    })
  }

  /** Takes inputs back, to be used again. */
  release(inputs: readonly ArrayBuffer[]): void {
    this.#spare.give(inputs)
  }

  /** An input of room for so many images, whole fixed batches of them. */
  #take(network: InputSetup, images: number): Floats {
    const { fixedBatch = 1 } = network
    const length = Math.ceil(images / fixedBatch) * fixedBatch * inputLength(network)
    return new Float32Array(this.#spare.take(length * Float32Array.BYTES_PER_ELEMENT), 0, length)
  }

  /** Decodes an image, where one of the group's networks wants it, and puts it into their inputs. */
  async #place(bytes: Buffer, at: number, { group, making }: { group: DecodeGroup; making: Making }): Promise<void> {
    const wanting = group.networks.filter((which) => making.slots[which]?.has(at))
    if (wanting.length === 0) return
    try {
      const decoded = group.decoder.decode(bytes)
      // What is there at once must be used at once: the next image takes its place.
      const image = decoded instanceof Promise ? await decoded : decoded
      const hash = wanting.some((which) => this.#networks[which]?.augmented) ? sha256(bytes) : ''
      for (const which of wanting) this.#prepare({ ...image, hash }, which, making.inputs[which], making.slots[which]?.get(at))
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      for (const which of wanting) making.refused[which]?.set(at, { at, cause: error.code, reason: error.message })
    }
  }

  #prepare(image: HashedImage, which: number, input: Floats | undefined, slot: number | undefined): void {
    const network = this.#networks[which]
    if (!network || !input || slot === undefined) return
    const { size, layout, preprocessing, augmented: view } = network
    const [rules, offset] = [{ ...preprocessing, layout }, slot * inputLength(network)]
    if (view) this.#views.viewInto(image, { view, image: image.hash, size, rules }, input, offset)
    else this.#resampler.resizeInto(image, size, rules, input, offset)
  }
}

/** One decoder for all networks with the same rules of decoding. */
function decodeGroups(networks: readonly InputSetup[]): DecodeGroup[] {
  const groups = new Map<string, { decoder: ImageDecoder; networks: number[] }>()
  for (const [which, { preprocessing, pixelLimit }] of networks.entries()) {
    const { exif, alpha, truncated, decoder = 'exact' } = preprocessing
    const rules = { exif, alpha, truncated, decoder, pixelLimit } as const
    const key = JSON.stringify(rules)
    const group = groups.get(key) ?? { decoder: new ImageDecoder(rules), networks: [] }
    group.networks.push(which)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** Numbers of one image at the network's input. */
export const inputLength = (network: Pick<InputSetup, 'size'> | undefined) => 3 * (network?.size ?? 0) ** 2

/** Moves the inputs behind a bad image up. */
function closeGaps(input: Floats, positions: readonly number[], bad: ReadonlyMap<number, Refusal>, length: number): void {
  if (bad.size === 0) return
  let to = 0
  positions.forEach((at, slot) => {
    if (bad.has(at)) return
    if (to < slot) input.copyWithin(to * length, slot * length, (slot + 1) * length)
    to++
  })
}

/** Whether an image is known to be small: a JPEG that says so. Its bytes do not tell: 0.3 MB may unfold to 0.15 GB. */
function isSmall(bytes: Buffer): boolean {
  const frame = sniffFormat(bytes) === 'jpeg' ? jpegFrame(bytes) : undefined
  return frame !== undefined && frame.width * frame.height <= smallPixels
}
