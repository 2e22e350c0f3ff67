import type { Tone } from './drawing.ts';

type Colours = Readonly<Record<Tone | 'page' | 'surface' | 'good', string>>;

/** On paper, and on screens that are set to light. Every tone that words are written in has 4.5:1 and more. */
export const light: Colours = {
  page: '#fbfaf7',
  surface: '#ffffff',
  ink: '#1c2321',
  soft: '#55605c',
  line: '#e1e3dc',
  sunk: '#e9ece5',
  accent: '#0f6f66',
  'accent-soft': '#b5ddd5',
  second: '#5a55b8',
  warn: '#a85b08',
  bad: '#b42318',
  good: '#2b6b3f',
};

export const dark: Colours = {
  page: '#131918',
  surface: '#1a2120',
  ink: '#e8eeeb',
  soft: '#a9b6b1',
  line: '#323d3a',
  sunk: '#2a3532',
  accent: '#3fbcab',
  'accent-soft': '#1f5f57',
  second: '#a8a4f5',
  warn: '#e3a04d',
  bad: '#ff8a80',
  good: '#7fcf98',
};
