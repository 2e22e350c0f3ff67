import { type Static, Type } from 'typebox';
import { mebibyte } from '#kernel/units.ts';

const storeAddress = {
  pattern: '^https?://[^?#@\\s]+$',
  expected: 'a URL like https://s3.example.com',
};

/** The variables of the object store; `configSchema` takes them in. */
export const s3Variables = {
  S3_BUCKET: Type.Optional(
    Type.String({
      description:
        'Bucket for uploads and results, at Amazon or at another server that speaks S3 ' +
        '([which, and how](deployment.md#object-stores)).',
      derived: '`objects` in the data folder',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$',
      expected: 'the name of a bucket',
    }),
  ),
  S3_ENDPOINT: Type.Optional(
    Type.String({ description: 'Where the store is.', derived: "Amazon's, for the region", ...storeAddress }),
  ),
  S3_PUBLIC_ENDPOINT: Type.Optional(
    Type.String({
      description:
        'Where clients reach the same store, for addresses that they use themselves: direct uploads, and results that ' +
        'they are sent on to.',
      derived: '`S3_ENDPOINT`',
      ...storeAddress,
    }),
  ),
  S3_REGION: Type.String({
    description: 'The region that the bucket is in. Many servers take any; Cloudflare R2 wants `auto`.',
    default: 'us-east-1',
    pattern: '^[a-z0-9-]+$',
    expected: 'a region like eu-central-1',
  }),
  S3_ACCESS_KEY_ID: Type.Optional(
    Type.String({
      description: 'Key to the store.',
      derived: "what Amazon's SDK finds: its own variables and files, or the role of the machine",
    }),
  ),
  S3_SECRET_ACCESS_KEY: Type.Optional(
    Type.String({ description: 'The secret of that key.', derived: 'as for the key', secret: true }),
  ),
  S3_PREFIX: Type.String({
    description: 'Stands in front of every key, for a bucket that is shared with others.',
    default: '',
    pattern: '^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*$',
    expected: 'folders that end with a slash, like esteira/',
  }),
  S3_FORCE_PATH_STYLE: Type.Optional(
    Type.Boolean({
      description: 'Whether the bucket is named in the path of addresses instead of in the host.',
      derived: '1 with `S3_ENDPOINT`, else 0',
    }),
  ),
  S3_CHECKSUMS: Type.Enum(['when-required', 'when-supported'], {
    description:
      'Which checksums go with each body, beside the SHA-256 of its signature: `when-supported` sends ' +
      '`x-amz-checksum-sha256`, which not every server knows; `when-required` sends Content-MD5.',
    default: 'when-required',
  }),
  S3_REDIRECT_ABOVE_BYTES: Type.Optional(
    Type.Integer({
      description:
        'Downloads larger than this are answered with a redirect to the store, where the browser or program is one that ' +
        'follows it; 0: never.',
      derived: '1 MiB with `S3_PUBLIC_ENDPOINT` or at Amazon, else 0: others may not reach the store',
      minimum: 0,
      maximum: 1_099_511_627_776,
      unit: 'bytes',
    }),
  ),
};

const s3Schema = Type.Object(s3Variables);
type Settings = Static<typeof s3Schema>;

/** Where objects are kept, when not on this machine. */
export interface S3Config {
  readonly endpoint: string | undefined;
  readonly publicEndpoint: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
  readonly checksums: Settings['S3_CHECKSUMS'];
  /** Undefined: nothing is redirected. */
  readonly redirectAboveBytes: number | undefined;
}

/** @returns undefined when objects stay on this machine */
export function s3Config(settings: Settings): S3Config | undefined {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_PUBLIC_ENDPOINT: publicEndpoint } = settings;
  if (bucket === undefined) return undefined;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  const isReachable = publicEndpoint !== undefined || endpoint === undefined;
  const redirectAboveBytes = settings.S3_REDIRECT_ABOVE_BYTES ?? (isReachable ? mebibyte : 0);
  return Object.freeze({
    endpoint,
    publicEndpoint,
    region: settings.S3_REGION,
    bucket,
    prefix: settings.S3_PREFIX,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    forcePathStyle: settings.S3_FORCE_PATH_STYLE ?? endpoint !== undefined,
    checksums: settings.S3_CHECKSUMS,
    redirectAboveBytes: redirectAboveBytes === 0 ? undefined : redirectAboveBytes,
  });
}

/** Values that are right alone and wrong together. */
export function s3Contradictions(settings: Settings): [boolean, string][] {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: key, S3_SECRET_ACCESS_KEY: secret } = settings;
  const asked = [settings.S3_ENDPOINT, settings.S3_PUBLIC_ENDPOINT, key].some((value) => value !== undefined);
  return [
    [bucket === undefined && asked, 'The S3_* settings need S3_BUCKET: without it, objects stay in the data folder.'],
    [
      (key === undefined) !== (secret === undefined),
      'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or none.',
    ],
  ];
}
