import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BatchQueue } from './batch-queue.js'

/** Seconds, from a cached small network to a queue that is full. */
const secondBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What is counted and measured, as Prometheus reads it. */
export class ServeMetrics {
  readonly #registry = new Registry()
  readonly #requests = new Counter({
    ...{ name: 'cnn_codes_requests_total', help: 'Requests answered', labelNames: ['route', 'status'], registers: [this.#registry] },
  })
  readonly #seconds = new Histogram({
    ...{ name: 'cnn_codes_request_seconds', help: 'Seconds from the head of a request to the end of its answer', labelNames: ['route'] },
    ...{ buckets: secondBuckets, registers: [this.#registry] },
  })
  readonly #images = new Counter({
    ...{ name: 'cnn_codes_images_total', help: 'Images by what came of them', labelNames: ['outcome'], registers: [this.#registry] },
  })
  readonly #batches = new Histogram({
    ...{ name: 'cnn_codes_batch_images', help: 'Images of a batch', buckets: [1, 2, 4, 8, 16, 32, 64], registers: [this.#registry] },
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** Has the queue's state read whenever the metrics are. */
  watch(queue: BatchQueue): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        ...{ name, help, registers: [this.#registry] },
        collect() {
          this.set(read())
        },
      })
    gauge('cnn_codes_images_waiting', 'Images that wait for a thread', () => queue.waiting)
    gauge('cnn_codes_batches_under_way', 'Batches that are computed', () => queue.underWay)
  }

  /** @param route its pattern, never what a client wrote: names of metrics must not grow. */
  answered(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status: String(status) })
    this.#seconds.observe({ route }, seconds)
  }

  predicted(outcome: 'predicted' | 'abstained' | 'refused'): void {
    this.#images.inc({ outcome })
  }

  batch(images: number): void {
    this.#batches.observe(images)
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
