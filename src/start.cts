#!/usr/bin/env node
import os = require('node:os')

// Node's pool of threads decodes the images; it has four threads unless told before its first use. ES modules are read with it,
// so that only a CommonJS file comes early enough.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, os.availableParallelism()))
void import('./cli.js')
