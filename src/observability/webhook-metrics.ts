import { Gauge, Histogram, type Registry } from 'prom-client';
import type { WebhookBacklog } from '#webhooks/backlog.ts';
import type { WebhookMetrics } from '#webhooks/webhook-metrics.ts';

export function webhookMetrics(registers: Registry[]): WebhookMetrics {
  const tries = new Histogram({
    name: 'esteira_webhook_delivery_duration_seconds',
    help: 'Tries of this process to deliver a webhook, by what came of them.',
    labelNames: ['outcome'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 20],
    registers,
  });
  return { tried: (outcome, seconds) => tries.observe({ outcome }, seconds) };
}

/** The same whichever process is asked. */
export function watchWebhooks(registers: Registry[], read: () => Promise<WebhookBacklog>): void {
  const gauge = (name: string, help: string, value: (backlog: WebhookBacklog) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // A database that does not answer must not take the other metrics with it.
        const backlog = await read().catch(() => undefined);
        this.reset();
        if (backlog) this.set(value(backlog));
      },
    });
  };
  gauge('esteira_webhook_pending', 'Webhooks that wait to be sent, or to be sent again.', (each) => each.pending);
  gauge('esteira_webhook_oldest_seconds', 'Age of the webhook that has waited longest.', (each) => each.oldestSeconds);
}
