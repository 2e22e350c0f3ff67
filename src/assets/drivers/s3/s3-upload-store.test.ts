import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Server } from '../../../../test/support/s3/s3-servers.ts';
import { testUploadStore } from '../../uploads/upload-store.contract.ts';
import { s3UploadStore } from './s3-upload-store.ts';

// s3rver does not tell which parts of an upload it has.
testUploadStore('s3', async () => {
  const { settings, engine } = await s3Server('swift');
  const { bucket, checksums: _checksums, ...where } = settings;
  const client: S3ClientConfig = {
    ...where,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
  const prefix = `${randomUUID()}/`;
  const s3 = new S3Client(client);
  return {
    engine,
    open: async () => s3UploadStore({ bucket, client, prefix }),
    async list() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    close: async () => s3.destroy(),
  };
});
