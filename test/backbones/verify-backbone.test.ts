import { statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { goldenOutputs } from '../../src/backbones/golden.js'
import { backbones } from '../../src/backbones/index.js'
import { type Verification, verifyBackbones } from '../../src/backbones/verify-backbone.js'
import { userErrorOf } from '../helpers/thrown.js'

it('there is a small golden output for every network that goes by name', () => {
  const names = Object.keys(goldenOutputs()).map((key) => key.split('@')[0])
  expect(new Set(names)).toEqual(new Set(backbones.keys()))
  expect(statSync(new URL('../../models/golden.json', import.meta.url)).size).toBeLessThan(20_000)
})

async function verified(...args: Parameters<typeof verifyBackbones>): Promise<Verification[]> {
  const results: Verification[] = []
  for await (const result of verifyBackbones(...args)) results.push(result)
  return results
}

it.each([
  ['mobilenetv2', [224]],
  ['squeezenet', [227]],
  ['cnn7', [224]],
  ['resnet18', [192, 224]],
  ['efficientnet-lite0', [224]],
])('verifyBackbones passes %s', async (name, sizes) => {
  const numbers = { cosine: expect.closeTo(1, 4), worst: expect.closeTo(0, 1), seconds: expect.any(Number) }
  expect(await verified(name)).toEqual(sizes.map((size) => ({ name, size, passed: true, ...numbers })))
})

it('verifyBackbones fails what differs by more than a thousandth of the standard deviation', async () => {
  const [key, golden] = Object.entries(goldenOutputs()).find(([of]) => of.startsWith('squeezenet@')) ?? []
  if (!key || !golden) throw new Error('Expected a golden output of squeezenet')
  const moved = (by: number) => ({ [key]: { ...golden, gap: golden.gap.with(3, (golden.gap[3] ?? 0) + by * golden.std) } })
  const passes = async (by: number) => (await verified('squeezenet', moved(by))).map(({ passed }) => passed)
  expect([await passes(9e-4), await passes(1.1e-3)]).toEqual([[true], [false]])
})

it('verifyBackbones refuses an unknown name', async () => {
  const { message, exitCode } = await userErrorOf(() => verified('vgg99'))
  expect([message, exitCode]).toEqual([
    'Expected NAME to be one of inceptionv3, vgg16, vgg19, resnet50, resnet50v2, mobilenet, mobilenetv2, xception, densenet121, squeezenet, resnet18, resnet34, resnet50.torch, cnn7, efficientnet-lite0, got "vgg99".',
    2,
  ])
})
