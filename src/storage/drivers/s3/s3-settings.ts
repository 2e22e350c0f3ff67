import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { retryStrategy } from './s3-retry.ts';

/** Where an S3 store is, and what it can do. */
export interface S3Settings {
  /** `https://minio.example:9000`; undefined: Amazon's, for the region. */
  readonly endpoint?: string | undefined;
  /** The same store as clients reach it; undefined: as we do. */
  readonly publicEndpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** In front of every key: empty, or a text that ends with a slash. */
  readonly prefix: string;
  /** Undefined: what the SDK finds in the environment, in files, or from the machine it runs on. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly forcePathStyle: boolean;
  /** Whether the store knows the checksums of 2025, `x-amz-checksum-*`; otherwise Content-MD5 goes with each body. */
  readonly checksums: 'when-required' | 'when-supported';
}

export interface S3Times {
  readonly connectMs: number;
  /** Until an answer begins, and between two pieces of it. */
  readonly idleMs: number;
  /** Of one call with all its retries: nobody waits longer for a store that does not answer. */
  readonly callMs: number;
  /** How long a store is left alone that failed several times in a row. */
  readonly restMs: number;
}

/** A body that stands still, and the call that takes it up again, are 28 seconds together. */
export const usualTimes: S3Times = { connectMs: 2_000, idleMs: 8_000, callMs: 20_000, restMs: 10_000 };

/** Of one process; each is a connection. */
export const maxCalls = 48;
/** Bodies that are being read, by slow readers too. */
export const maxReads = 256;

/** One for calls, one for bodies: those who read slowly hold nobody else up. */
export function s3Clients(settings: S3Settings, times: S3Times): { calls: S3Client; bodies: S3Client } {
  const client = (maxSockets: number): S3Client =>
    new S3Client({
      ...commonConfig(settings, settings.endpoint),
      retryStrategy,
      requestHandler: {
        connectionTimeout: times.connectMs,
        requestTimeout: times.idleMs,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets },
        httpsAgent: { keepAlive: true, maxSockets },
      },
    });
  return { calls: client(maxCalls), bodies: client(maxReads) };
}

/** Sends nothing: it signs addresses that others use. */
export function signingClient(settings: S3Settings): S3Client {
  const config = commonConfig(settings, settings.publicEndpoint ?? settings.endpoint);
  // A checksum of the body cannot be in an address that is made before there is a body.
  return new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' });
}

function commonConfig(settings: S3Settings, endpoint: string | undefined): S3ClientConfig {
  const sums = settings.checksums === 'when-supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  return {
    region: settings.region,
    forcePathStyle: settings.forcePathStyle,
    requestChecksumCalculation: sums,
    responseChecksumValidation: sums,
    ...(endpoint !== undefined && { endpoint }),
    ...(settings.credentials !== undefined && { credentials: settings.credentials }),
  };
}
