import { expect, test } from 'vitest';
import { resultName } from './save-output.ts';

test('a result is called after its photo and what it is now', () => {
  expect(resultName('shoe.JPG', 'image/png')).toBe('shoe.png');
  expect(resultName('v1.2 final.heic', 'image/jpeg')).toBe('v1.2 final.jpg');
  expect(resultName('no ending', 'image/webp')).toBe('no ending.webp');
  expect(resultName('.hidden', 'image/png')).toBe('.hidden.png');
  expect(resultName('report.bin', 'application/octet-stream')).toBe('report.bin');
});
