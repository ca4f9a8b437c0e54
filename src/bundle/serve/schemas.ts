/**
 * What goes over the wire, as JSON Schema: answers are written by these, and the OpenAPI description is made of them.
 */
const probability = { type: 'number', minimum: 0, maximum: 1 } as const

export const likelySchema = {
  type: 'object',
  required: ['label', 'probability'],
  properties: { label: { type: 'string' }, probability },
} as const

export const predictionSchema = {
  type: 'object',
  description: 'What is said of an image; of one that cannot be used among several, file and error alone.',
  required: ['file'],
  properties: {
    file: { type: ['string', 'null'], description: 'As the form calls the file; null where the body is the image.' },
    label: { type: ['string', 'null'], description: 'The likeliest label; null where its probability is below --abstain.' },
    probability: { ...probability, description: 'Of the likeliest label.' },
    top: { type: 'array', items: likelySchema, description: 'The likeliest labels, the first one first.' },
    error: { type: 'string', description: 'Why this image cannot be used.' },
  },
} as const

export const predictionsSchema = {
  type: 'object',
  required: ['predictions'],
  properties: { predictions: { type: 'array', items: predictionSchema, description: 'One for each image, in their order.' } },
} as const

export const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', description: 'What was expected and what was found, in a sentence.' } },
} as const

export const healthSchema = { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['ok'] } } } as const

/** The query of POST /predict. */
export const predictQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: { top: { type: 'integer', minimum: 1, default: 5, description: 'How many labels to tell of each image.' } },
} as const

/** Any bytes: OpenAPI 3.1 has no schema for them. */
const binary = {}

/** The bodies of POST /predict by their types. */
export const predictBodySchema = {
  content: {
    'image/*': { schema: { ...binary, description: 'The bytes of a JPEG, PNG, WebP, GIF, AVIF or TIFF file.' } },
    'application/octet-stream': { schema: { ...binary, description: 'The same, of whichever kind.' } },
    'multipart/form-data': {
      schema: {
        type: 'object',
        description: 'One file or several, under any names.',
        additionalProperties: { type: 'string', contentMediaType: 'application/octet-stream' },
      },
    },
  },
} as const

const refusals = {
  400: 'The request is cut, has no image, or asks for something that is not there.',
  401: 'The token is missing or wrong.',
  403: 'Host or origin is another one.',
  408: 'The request did not come whole in time.',
  413: 'The body, the number of its files or the image’s number of pixels is too large.',
  415: 'The body is of no type that is taken.',
  422: 'The image cannot be decoded.',
  503: 'Too much is waiting, or the server is stopping; Retry-After says when to come again.',
} as const

/** The refusals that a route has, for `response`. */
export const refusalsOf = (...statuses: readonly (keyof typeof refusals)[]) =>
  Object.fromEntries(statuses.map((status) => [status, { description: refusals[status], ...errorSchema }]))
