import PQueue from 'p-queue'
import type { Floats } from '../base/floats.js'
import { BadImage } from '../images/bad-image.js'
import { decodeImage } from '../images/decode.js'
import type { RgbImage } from '../images/pixels.js'
import { Resampler } from '../images/resampler.js'
import { sniffFormat } from '../images/sniff.js'
import type { Kernels } from '../kernels/kernels.js'
import type { BatchRequest, InputSetup, Refusal } from './messages.js'

/** A batch as one network takes it: the good images' inputs one behind the other. */
export interface NetworkInput {
  readonly input: Floats
  /** Positions of the good images in the request. */
  readonly good: readonly number[]
  /** The wanted images that could not be decoded. */
  readonly refused: readonly Refusal[]
}

/** Images that may unfold to more than a few megabytes of pixels are decoded two at a time; see `isSmall`. */
const largeAtOnce = 2
const smallJpegBytes = 2 ** 18

/** Makes the networks' inputs from the bytes of image files, each image decoded once; its buffers are reused. */
export class NetworkInputs {
  readonly #networks: readonly InputSetup[]
  readonly #resampler: Resampler
  readonly #large = new PQueue({ concurrency: largeAtOnce })
  /** For each network the inputs that no batch is using. */
  readonly #spare: readonly Floats[][]

  /** @param networks all with the same rules of decoding. */
  constructor(networks: readonly InputSetup[], kernels: Kernels) {
    this.#networks = networks
    this.#resampler = new Resampler(kernels)
    this.#spare = networks.map(() => [])
  }

  /** Decodes the images and resizes each for every network as soon as it is decoded, so that its pixels go again; bad ones are named. */
  async make({ images, wanted }: Pick<BatchRequest, 'images' | 'wanted'>): Promise<NetworkInput[]> {
    const inputs = this.#networks.map((network, which) => this.#take(which, network, wanted[which]?.images.length ?? 0))
    const slots = wanted.map(({ images: positions }) => new Map(positions.map((at, slot) => [at, slot])))
    const refused: Refusal[] = []
    const one = async (bytes: Uint8Array, at: number) => {
      try {
        const image = await this.#decode(bytes)
        this.#networks.forEach((network, which) => {
          const [input, slot] = [inputs[which], slots[which]?.get(at)]
          if (input && slot !== undefined) this.#resize(image, network, input, slot)
        })
      } catch (error) {
        if (!(error instanceof BadImage)) throw error
        refused.push({ at, cause: error.code, reason: error.message })
      }
    }
    await Promise.all(images.map((bytes, at) => (isSmall(bytes) ? one(bytes, at) : this.#large.add(() => one(bytes, at)))))
    const bad = new Map(refused.map((refusal) => [refusal.at, refusal]))
    return inputs.map((input, which) => {
      const positions = wanted[which]?.images ?? []
      const good = positions.filter((at) => !bad.has(at))
      closeGaps(input, positions, bad, inputLength(this.#networks[which]))
      return { input, good, refused: positions.flatMap((at) => bad.get(at) ?? []) }
    })
  }

  /** Takes an input back, to be used again. */
  release(which: number, input: Floats): void {
    this.#spare[which]?.push(input)
  }

  /** A spare input of room for so many images, whole fixed batches of them. */
  #take(which: number, network: InputSetup, images: number): Floats {
    const { fixedBatch = 1 } = network
    const needed = Math.ceil(images / fixedBatch) * fixedBatch * inputLength(network)
    const spare = this.#spare[which]?.pop()
    return spare && spare.length >= needed ? spare : new Float32Array(needed)
  }

  #decode(bytes: Uint8Array): Promise<RgbImage> {
    const { exif = true, alpha = 'white' } = this.#networks[0]?.preprocessing ?? {}
    return decodeImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { exif, alpha })
  }

  #resize(image: RgbImage, network: InputSetup, input: Floats, slot: number): void {
    const { size, layout, preprocessing } = network
    this.#resampler.resizeInto(image, size, { ...preprocessing, layout }, input, slot * inputLength(network))
  }
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

/** Whether an image can only be small: a JPEG of few bytes. Other formats may unfold a few bytes to any size. */
const isSmall = (bytes: Uint8Array) => bytes.length <= smallJpegBytes && sniffFormat(bytes) === 'jpeg'
