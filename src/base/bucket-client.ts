import type { S3Client } from '@aws-sdk/client-s3'
import { clauseOf, UserError } from './errors.js'

/** Tries of a request, with growing pauses between them. */
const attempts = 5

/**
 * A client of S3-compatible buckets. Endpoint, region and credentials come from where all AWS tools take them: AWS_ENDPOINT_URL_S3,
 * AWS_REGION, AWS_ACCESS_KEY_ID, …, a profile, or the machine's role.
 */
export async function bucketClient(environment: NodeJS.ProcessEnv = process.env): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3') // takes a while to load, and few need it
  const ownEndpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL
  return new S3Client({
    maxAttempts: attempts,
    // Servers other than Amazon's rarely have a host name for each bucket.
    forcePathStyle: ownEndpoint !== undefined,
    ...(environment.AWS_REGION === undefined && ownEndpoint !== undefined ? { region: 'us-east-1' } : {}),
  })
}

/** The error where a bucket does not do what was asked. @param what for example: to read. */
export function bucketTrouble(what: string, address: string, error: unknown): UserError {
  const kind = statusOf(error) === undefined || !(error instanceof Error) ? '' : `${error.name}: `
  return new UserError(
    `Expected ${what} ${address}, but that is not possible: ${kind}${clauseOf(error)}. Check the bucket, AWS_ENDPOINT_URL_S3, AWS_REGION and the credentials.`,
  )
}

/** The status of an answer that says no; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const metadata: unknown = error.$metadata
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : undefined
}
