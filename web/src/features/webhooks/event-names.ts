import { msg } from '@lingui/core/macro';
import type { WebhookEvent } from '../../api/webhook.ts';

export const eventNames = {
  'job.succeeded': msg`A job is done`,
  'job.failed': msg`A job has failed`,
  'job.cancelled': msg`A job was cancelled`,
  'batch.finished': msg`A batch has finished`,
  'pipeline.succeeded': msg`A pipeline is done`,
  'pipeline.failed': msg`A pipeline has failed`,
  'pipeline.cancelled': msg`A pipeline was cancelled`,
} as const satisfies Record<WebhookEvent, unknown>;
