import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { afterAll } from 'vitest'
import { freePort } from './free-port.js'

/** Where moto's server is (pip install 'moto[server]'): MOTO_SERVER, or moto_server on PATH; undefined where there is none. */
export const motoPath: string | undefined =
  process.env.MOTO_SERVER ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'moto_server'))
    .find((path) => existsSync(path))

if (motoPath === undefined)
  process.stderr.write("No moto_server on PATH nor in MOTO_SERVER (pip install 'moto[server]'): buckets are not tested.\n")

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** An S3-compatible server with a bucket, and the environment that leads there; ended after the tests of the file. */
export interface S3Server {
  readonly bucket: string
  readonly client: S3Client
  /** Names of all objects. */
  names(): Promise<string[]>
  stop(): void
}

/** Starts moto, and sets the variables by which AWS tools find it. */
export async function startS3(bucket: string): Promise<S3Server> {
  const port = await freePort()
  const child = spawn(motoPath ?? '', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  running.add(child)
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'somebody',
    AWS_SECRET_ACCESS_KEY: 'hidden-word',
    AWS_REGION: 'us-east-1',
  })
  const client = new S3Client({ forcePathStyle: true, maxAttempts: 1 })
  for (let at = 0; ; at++) {
    const made = await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => error)
    if (!(made instanceof Error)) break
    if (at === 300) throw made
    await setTimeout(100)
  }
  return {
    bucket,
    client,
    names: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key = '' }) => Key).sort()
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

/** Whether a server keeps what is there where it is told to (If-None-Match: *): older ones write over it. */
export async function keepsWhatIsThere({ client, bucket }: S3Server): Promise<boolean> {
  const put = () => client.send(new PutObjectCommand({ Bucket: bucket, Key: 'probe', Body: 'x', IfNoneMatch: '*' }))
  await put()
  return put().then(
    () => false,
    (error: unknown) => error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412,
  )
}
