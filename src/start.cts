#!/usr/bin/env node
// Node's pool of threads decodes the images; it has four threads unless told before its first use. ES modules are read with it,
// so that only a CommonJS file comes early enough.
async function start(): Promise<void> {
  const { availableParallelism } = await import('node:os')
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))
  // onnxruntime 1.30 reports models and machine to its makers otherwise, and complains where it cannot keep an id in the home folder.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  // The client of buckets is a version that runs on this Node; that later ones will not is nothing its user can mend.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  await import('./cli.js')
}

void start()
