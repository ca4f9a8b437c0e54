// The WebAssembly kernels' exports. AssemblyScript: compiled by scripts/build-kernels.mjs, outside TypeScript's and biome's reach.
export { heapBase } from './memory'
export { float32ToFloat16, float16ToFloat32 } from './float16'
export { resampleHorizontal, resampleVertical } from './resample'
export { tfBilinearRow } from './tf-bilinear'
export { normalisePlanar, normaliseInterleaved } from './normalise'
export { sgd, momentum, rmsprop, adam, adadelta, adagrad } from './optimizers'
