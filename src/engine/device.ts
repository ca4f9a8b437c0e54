import type { EngineInfo } from './engine-info.js'

/** What --device takes. */
export const devices = ['auto', 'cpu', 'cuda', 'webgpu'] as const

/** Where the network shall run; auto: CUDA, else WebGPU, else the CPU. */
export type Device = (typeof devices)[number]

/** A device that may not be there. */
export type GpuDevice = 'cuda' | 'webgpu'

/** What trying a device gave. */
export type Probe =
  | {
      readonly available: true
      /** It takes more CPU time than the CPU by itself: a program that plays a GPU. */
      readonly software: boolean
    }
  | {
      readonly available: false
      /** Ends a sentence that begins with "found that". */
      readonly reason: string
    }

/**
 * How many sessions may run at the same time, each in a thread of its own.
 *
 * On the CPU as many as there are cores. onnxruntime's WebGPU fails when two threads run ("CommandEncoder is already
 * finished", 1.30), and TensorFlow spreads one run over all cores by itself.
 */
export function sessionsAtOnce({ engine, provider }: Pick<EngineInfo, 'engine' | 'provider'>): number {
  return engine === 'onnx' && (provider === 'cpu' || provider === 'cuda') ? Number.POSITIVE_INFINITY : 1
}
