import { describe, expect, it } from 'vitest'
import { isOutOfMemory, notEnoughMemory } from '../../src/engine/out-of-memory.js'

const arena =
  "Non-zero status code returned while running Conv node. Name:'y' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 299273105920\n"

describe('isOutOfMemory', () => {
  it.each([
    [arena],
    ['BFCArena::AllocateRawInternal Available memory of 0 is smaller than requested bytes of 701267968'],
    ['std::bad_alloc'],
    ['bad allocation'],
    ['CUDA failure 2: out of memory ; GPU=0 ; hostname=a ; expr=cudaMalloc((void**)&p, size);'],
    ['CUDA_ERROR_OUT_OF_MEMORY'],
    ['CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED'],
    ['CUDNN failure 2: CUDNN_STATUS_ALLOC_FAILED'],
    ['vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY'],
    ['Buffer size (1174405120) exceeds the max buffer size limit (1073741824).'],
    ['Binding size (200000000) of [Buffer "x"] is larger than the maximum binding size (134217728).'],
    ['Binding size (200000000) is larger than the maximum storage buffer binding size (134217728).'],
    ['OOM when allocating tensor with shape[64,112,112,96] and type float on /job:localhost by allocator GPU_0_bfc'],
  ])('%s', (message) => {
    expect(isOutOfMemory(new Error(message))).toBe(true)
  })

  it.each([
    ['Got invalid dimensions for input: image for the following indices\n index: 2 Got: 9 Expected: 8'],
    ['Tensor shape.Size() must be >= 0'],
    ["Expected float32 from the network's output y, got int64"],
    ['The memory of this is good.'],
    [''],
  ])('not: %s', (message) => {
    expect(isOutOfMemory(new Error(message))).toBe(false)
  })

  it('takes anything that is thrown', () => {
    expect([isOutOfMemory('Out of memory'), isOutOfMemory(undefined)]).toEqual([true, false])
  })
})

describe('notEnoughMemory', () => {
  it.each([
    [1, arena, 'one image of 224 × 224', 'Failed to allocate memory for requested buffer of size 299273105920'],
    [8, 'CUDA failure 2: out of memory', '8 images of 224 × 224', 'out of memory'],
    [2, 'Something else.', '2 images of 224 × 224', 'Something else'],
  ])('says for %i image(s) what was asked for', (images, message, batch, says) => {
    expect(notEnoughMemory(new Error(message), { images, size: 224 })).toMatchObject({
      name: 'UserError',
      exitCode: 1,
      message: `Expected memory for ${batch} pixels at a time, found too little: ${says}. Use a smaller --size, fewer --workers or another --device.`,
    })
  })
})
