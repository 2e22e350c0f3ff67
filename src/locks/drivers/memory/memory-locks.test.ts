import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { testLocks } from '../../locks.contract.ts';
import { memoryLocks } from './memory-locks.ts';

testLocks('memory', async () => {
  const fanOut = memoryFanOut();
  let locks: ReturnType<typeof memoryLocks> | undefined;
  return {
    engine: 'this process',
    open: async (leaseMs) => (locks ??= memoryLocks(fanOut, { leaseMs })),
    forget: undefined,
    close: () => fanOut.close(),
  };
});
