import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelWeights } from './channel-weights.ts';

test('what stands beside the listener counts 1.41, low-frequency effects nothing', () => {
  assert.deepEqual(channelWeights(['mono']), [1]);
  assert.deepEqual(channelWeights(['left', 'right']), [1, 1]);
  assert.deepEqual(
    channelWeights(['left', 'right', 'centre', 'lfe', 'left-surround', 'right-surround']),
    [1, 1, 1, 0, 1.41, 1.41],
  );
});

test('a file may call the surround channels of 5.1 back, those of 7.1 stand behind', () => {
  assert.deepEqual(
    channelWeights(['left', 'right', 'centre', 'lfe', 'left-back', 'right-back']),
    [1, 1, 1, 0, 1.41, 1.41],
  );
  assert.deepEqual(
    channelWeights(['left', 'right', 'centre', 'lfe', 'left-back', 'right-back', 'left-surround', 'right-surround']),
    [1, 1, 1, 0, 1, 1, 1.41, 1.41],
  );
});
