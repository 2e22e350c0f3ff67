import { expect, test } from 'vitest';
import { clockText, differenceText, figureText, frequencyText, keyText, levelText, spokenClock } from './figures.ts';

test('silence is minus infinity, and what is not known a dash', () => {
  expect(levelText(null, 'LUFS', 'en')).toBe('−∞\u00a0LUFS');
  expect(figureText(null, 'dB', 'en')).toBe('—');
  expect(levelText(undefined, 'dB', 'en')).toBe('—');
  expect(differenceText(null, 'dB', 'en')).toBe('—');
});

test('numbers have one decimal, the mark of the language and a real minus', () => {
  expect(levelText(-14.04, 'LUFS', 'en')).toBe('−14.0\u00a0LUFS');
  expect(levelText(-14.06, 'LUFS', 'pt-BR')).toBe('−14,1\u00a0LUFS');
  expect(figureText(-0.04, 'dB', 'en')).toBe('0.0\u00a0dB');
  expect(differenceText(2.55, 'dB', 'pt-BR')).toMatch(/^\+2,[56]\u00a0dB$/);
  expect(differenceText(-0.01, '', 'en')).toBe('0.0');
});

test('frequencies change their unit at a thousand', () => {
  expect(frequencyText(80, 'en')).toBe('80\u00a0Hz');
  expect(frequencyText(2_543, 'pt-BR')).toBe('2,5\u00a0kHz');
  expect(frequencyText(16_000, 'en')).toBe('16\u00a0kHz');
});

test('places are told as on a clock, and in words', () => {
  expect(clockText(0)).toBe('0:00');
  expect(clockText(187.9)).toBe('3:07');
  expect(clockText(3_765)).toBe('1:02:45');
  expect(spokenClock(0, 'en')).toBe('0 seconds');
  expect(spokenClock(67, 'en')).toBe('1 minute, 7 seconds');
  expect(spokenClock(3_600, 'pt-BR')).toBe('1 hora');
});

test('keys are told as musicians of each language do', () => {
  expect(keyText('F# minor', 'en')).toBe('F♯ minor');
  expect(keyText('F# minor', 'pt-BR')).toBe('Fá♯ menor');
  expect(keyText('A major', 'pt-BR')).toBe('Lá maior');
  expect(keyText(null, 'en')).toBe('—');
});
