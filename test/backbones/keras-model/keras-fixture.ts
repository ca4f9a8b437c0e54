import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { tempFolder } from '../../helpers/temp-folder.js'

/** A model of ../../fixtures/keras-models, whose make.py says what its parts are. */
export interface KerasFixture {
  /** By ending, .h5 and .keras. */
  readonly files: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, LayerOutput>>
}

/** What Keras gives: every `step`-th value of the flat output, channels last. */
export interface LayerOutput {
  readonly shape: readonly number[]
  readonly std: number
  readonly step: number
  readonly values: readonly number[]
}

export function kerasFixture(name: string): KerasFixture {
  return JSON.parse(readFileSync(new URL(`../../fixtures/keras-models/${name}.json`, import.meta.url), 'utf8'))
}

/** The bytes of the model's file of this ending, .h5 or .keras. */
export function fixtureBytes({ files }: KerasFixture, ending: string): Buffer {
  return gunzipSync(Buffer.from(files[ending] ?? '', 'base64'))
}

/** Writes bytes as a file in a folder of its own and returns its path. */
export function fileOf(bytes: Uint8Array, name: string): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, bytes)
  return path
}
