import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/bundle/classifier.js'
import { BatchQueue } from '../../../src/bundle/serve/batch-queue.js'

const never = () => new AbortController().signal
const image = (value: number) => Uint8Array.of(value)
const soon = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A classifier of batches of 4 on one thread whose batches end when told; it answers an image by its first byte. */
function slowClassifier() {
  const batches: { readonly images: number[]; readonly end: () => void; readonly fail: () => void }[] = []
  const classify = (images: readonly Uint8Array[]) =>
    new Promise<Answer[]>((resolve, reject) => {
      batches.push({
        images: images.map(([first = 0]) => first),
        end: () => resolve(images.map(([first = 0]) => ({ probabilities: Float32Array.of(first) }))),
        fail: () => reject(new Error('The thread has ended')),
      })
    })
  return { batch: 4, lanes: 2, classify, batches }
}

const taken = ({ batches }: ReturnType<typeof slowClassifier>) => batches.map(({ images }) => images)

describe('BatchQueue', () => {
  it('takes what waits at once where a thread is free, then full batches, at most as many as there are lanes', async () => {
    const classifier = slowClassifier()
    const queue = new BatchQueue(classifier, { limit: 100, linger: 10_000 })
    const answers = Array.from({ length: 10 }, (_, at) => queue.answer([image(at)], never()))
    expect(taken(classifier)).toEqual([[0], [1, 2, 3, 4]])
    expect([queue.underWay, queue.waiting]).toEqual([2, 5])
    classifier.batches[0]?.end()
    await soon()
    expect(taken(classifier)).toEqual([[0], [1, 2, 3, 4], [5, 6, 7, 8]])
    classifier.batches[2]?.end() // out of order
    classifier.batches[1]?.end()
    await soon()
    expect(taken(classifier).at(-1)).toEqual([9])
    classifier.batches[3]?.end()
    expect((await Promise.all(answers)).map(([answer]) => answer)).toEqual(
      Array.from({ length: 10 }, (_, at) => ({ probabilities: Float32Array.of(at) })),
    )
  })

  it('does not keep an incomplete batch waiting longer than it lingers', async () => {
    const classifier = slowClassifier()
    const queue = new BatchQueue(classifier, { limit: 100, linger: 30 })
    void queue.answer([image(0)], never())
    void queue.answer([image(1)], never())
    await soon(5)
    expect(taken(classifier)).toEqual([[0]])
    void queue.answer([image(2)], never())
    await soon(60)
    expect(taken(classifier)).toEqual([[0], [1, 2]])
  })

  it('joins the images of several requests, and parts those of one', async () => {
    const classifier = slowClassifier()
    const queue = new BatchQueue(classifier, { limit: 100 })
    const six = queue.answer([0, 1, 2, 3, 4, 5].map(image), never())
    void queue.answer([6, 7].map(image), never())
    expect(taken(classifier)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ])
    for (const { end } of classifier.batches) end()
    expect(await six).toHaveLength(6)
  })

  it('refuses more than may wait, and forgets the images of those who left', async () => {
    const classifier = slowClassifier()
    const queue = new BatchQueue(classifier, { limit: 3, linger: 10_000 })
    void queue.answer([image(0)], never())
    const leaving = new AbortController()
    const left = queue.answer([image(1), image(2)], leaving.signal)
    await expect(queue.answer([image(3), image(4)], never())).rejects.toMatchObject({
      ...{ status: 503, headers: { 'retry-after': '1' } },
      message: 'Expected fewer images at a time, found 2 waiting already and room for 3. Try again in a second.',
    })
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    expect(queue.waiting).toBe(0)
    void queue.answer([3, 4, 5].map(image), never())
    classifier.batches[0]?.end()
    await soon()
    expect(taken(classifier)).toEqual([[0], [3, 4, 5]])
  })

  it('tells of a failed batch until one succeeds', async () => {
    const classifier = slowClassifier()
    const queue = new BatchQueue(classifier, { limit: 100 })
    const first = queue.answer([image(0)], never())
    classifier.batches[0]?.fail()
    await expect(first).rejects.toThrow('The thread has ended')
    expect(queue.failure).toEqual(new Error('The thread has ended'))
    const second = queue.answer([image(1)], never())
    classifier.batches[1]?.end()
    await second
    expect(queue.failure).toBeUndefined()
  })
})
