import { readFileSync } from 'node:fs'
import { weightSources } from '../weights/sources.js'
import type { Bundle } from './load-bundle.js'

/** What a bundle that goes elsewhere says of others' rights: of the network's weights, and of the images. */
export function licenceNotes({ identity: { backbone }, selfTest }: Bundle): string {
  const pictures = selfTest?.pixels ? `, and ${selfTest.images.length} of them are inside as small pictures for the self-test` : ''
  return [
    'Rights of others in this bundle',
    '',
    `Network: ${networkNote(backbone)}`,
    '',
    `Head: trained on images of the data set; their owners keep their rights${pictures}.`,
    '',
  ].join('\n')
}

function networkNote({ architecture, weights, random, file }: Bundle['identity']['backbone']): string {
  if (random !== undefined) return `${architecture} with random weights, nobody's.`
  if (file !== undefined) return `a file of the one who trained the head (sha256 ${file}); its licence is theirs to tell.`
  const source = weightSources[architecture ?? '']
  if (architecture === 'efficientnet-lite0') {
    return `EfficientNet-Lite0.\n\n${readFileSync(new URL('../../models/NOTICE', import.meta.url), 'utf8').trim()}`
  }
  const from = source ? ` Published at ${source.url}, as ${source.statedBy} states; ask there for the licence of the weights.` : ''
  return `${architecture}, weights ${weights}.${from}`
}
