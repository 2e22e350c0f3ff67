import { testFanOut } from '../../fan-out.contract.ts';
import { memoryFanOut } from './memory-fan-out.ts';

testFanOut('memory', async () => {
  let current = memoryFanOut();
  let given = 0;
  return {
    engine: 'one process',
    async open() {
      // Two for each test, which are the same.
      if (given % 2 === 0) current = memoryFanOut();
      given += 1;
      return current;
    },
    close: async () => {},
  };
});
