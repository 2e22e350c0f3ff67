import { Counter, Gauge, type Registry } from 'prom-client';
import type { LimitMetrics } from '#limits/limit-metrics.ts';

/** What is refused because there was too much of it, and how strict the limits are. */
export function limitMetrics(registers: Registry[]): LimitMetrics {
  const limited = new Counter({
    name: 'esteira_rate_limited_total',
    help: 'Requests and jobs refused because a limit was reached.',
    labelNames: ['limit'],
    registers,
  });
  const shed = new Counter({
    name: 'esteira_shed_requests_total',
    help: 'Requests refused because this process, or the line, has more than it can manage.',
    labelNames: ['reason'],
    registers,
  });
  return {
    refused: (limit) => limited.inc({ limit }),
    shed: (reason) => shed.inc({ reason }),
    watchLimits(read) {
      new Gauge({
        name: 'esteira_blocked_addresses',
        help: 'Addresses that this process turns away.',
        registers,
        collect() {
          this.set(read().blockedAddresses);
        },
      });
      new Gauge({
        name: 'esteira_limits_aggressive',
        help: '1 while all limits are a quarter of what they are otherwise.',
        registers,
        collect() {
          this.set(Number(read().aggressive));
        },
      });
    },
  };
}
