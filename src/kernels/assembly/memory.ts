/** First byte that the caller may use: everything from here on is its own (no allocator, no garbage collector). */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15
}
