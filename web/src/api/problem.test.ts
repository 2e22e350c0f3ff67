import { expect, test } from 'vitest';
import { errorTexts } from './error-texts.ts';
import { problemFrom, shownError, unreachable } from './problem.ts';

test('a problem document keeps its code and its words', () => {
  const error = problemFrom(422, { code: 'PIXEL_LIMIT', detail: '200 megapixels.' });
  expect(shownError(error)).toMatchObject({ code: 'PIXEL_LIMIT', detail: '200 megapixels.' });
});

test('whatever else answers becomes an error that can be shown', () => {
  expect(problemFrom(413, '<html>')).toMatchObject({ code: 'UPLOAD_TOO_LARGE', status: 413 });
  expect(problemFrom(502, undefined)).toMatchObject({ code: 'UNKNOWN', detail: 'HTTP 502' });
  expect(problemFrom(500, { code: 7 })).toMatchObject({ code: 'UNKNOWN' });
  expect(unreachable()).toMatchObject({ code: 'UNREACHABLE', status: 0 });
  expect(shownError('odd')).toEqual({ code: 'UNKNOWN', detail: 'odd' });
});

test('errors that people meet have words of their own', () => {
  expect(Object.keys(errorTexts)).toEqual(expect.arrayContaining(['UNREACHABLE', 'OVERLOADED', 'PIXEL_LIMIT']));
});
