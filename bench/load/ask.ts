import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Gives a process of its own, the program `file`, one order. @returns its one answer */
export async function ask<Order extends object, Report>(
  file: string,
  order: Order,
  opened: AsyncDisposableStack,
): Promise<Report> {
  const child = fork(file);
  opened.defer(async () => void child.kill());
  child.send(order);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} and said nothing`);
  });
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [Report];
  ended.catch(() => undefined);
  return report;
}
