declare module 's3rver' {
  import type { RequestListener } from 'node:http';

  // biome-ignore lint/style/noDefaultExport: the library's own
  export default class S3rver {
    constructor(options: { directory: string; silent: boolean; configureBuckets: [] });
    readonly store: {
      getObject(bucket: string, key: string, options?: { start?: number; end?: number | string }): Promise<unknown>;
    };
    callback(): RequestListener;
  }
}
