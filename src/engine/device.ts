import type { EngineInfo } from './engine-info.js'

/** What --device takes. */
export const devices = ['auto', 'cpu', 'cuda', 'webgpu'] as const

/** Where the network shall run; auto: CUDA, else WebGPU, else the CPU. */
export type Device = (typeof devices)[number]

/**
 * How many sessions may run at the same time, each in a thread of its own.
 *
 * On the CPU as many as there are cores. onnxruntime's WebGPU fails when two threads run ("CommandEncoder is already
 * finished", 1.30), and TensorFlow spreads one run over all cores by itself.
 */
export function sessionsAtOnce({ engine, provider }: EngineInfo): number {
  return engine === 'onnx' && (provider === 'cpu' || provider === 'cuda') ? Number.POSITIVE_INFINITY : 1
}
