import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Measured, Verdict } from '../analysis.ts';
import { genreNames, targetNames } from '../params.ts';
import { judge } from './judge.ts';
import { measuredOf, popSpectrum, tilted } from './test-measured.ts';
import { verdictTitles } from './verdict-titles.ts';

const spotifyPop = { target: 'spotify', genre: 'pop' } as const;
type Overrides = NonNullable<Parameters<typeof measuredOf>[0]>;

function verdictsOf(overrides: Overrides, params: Parameters<typeof judge>[1] = spotifyPop, reference?: Measured) {
  return judge(measuredOf(overrides), params, reference).verdicts;
}

function severities(overrides: Overrides, params?: Parameters<typeof judge>[1], reference?: Measured) {
  return Object.fromEntries(verdictsOf(overrides, params, reference).map(({ code, severity }) => [code, severity]));
}

describe('is it ready?', () => {
  test('a clean master is, and hears nothing but good news', () => {
    const verdicts = verdictsOf({});
    assert.equal(verdicts[0]?.code, 'ready');
    assert.deepEqual([...new Set(verdicts.map(({ severity }) => severity))], ['good']);
  });

  test('a problem comes first, named in the first verdict; then warnings, advice, and what is good', () => {
    const verdicts = verdictsOf({ loudness: { truePeakDbtp: 0.7, integratedLufs: -8, plrDb: 6 } });
    assert.equal(verdicts[0]?.code, 'not-ready');
    assert.match(verdicts[0]?.text.en ?? '', /peaks above full scale/);
    assert.match(verdicts[0]?.text['pt-BR'] ?? '', /picos acima do máximo/);
    const order = ['problem', 'warning', 'advice', 'good'];
    const ranks = verdicts.map(({ severity }) => order.indexOf(severity));
    assert.deepEqual(ranks, ranks.toSorted());
    assert.deepEqual(new Set(ranks), new Set([0, 1, 2, 3]));
  });

  test('a warning alone makes it nearly ready; advice alone does not hold it up', () => {
    assert.equal(verdictsOf({ loudness: { plrDb: 6.5 } })[0]?.code, 'nearly-ready');
    assert.equal(verdictsOf({ loudness: { plrDb: 8.5 } })[0]?.code, 'ready');
  });
});

describe('loudness', () => {
  const loudnessOf = (integratedLufs: number, target: Parameters<typeof judge>[1]['target'], more: Overrides = {}) => {
    const found = verdictsOf({ ...more, loudness: { integratedLufs, ...more.loudness } }, { target, genre: 'none' });
    const { code, severity, text } = found.find((verdict) => verdict.code.startsWith('loudness')) ?? assert.fail();
    return { code: code.replace('loudness-', ''), severity, en: text.en };
  };

  test('a service turns down what is louder, by what is said', () => {
    const { code, severity, en } = loudnessOf(-8.2, 'spotify');
    assert.deepEqual([code, severity], ['above-target', 'advice']);
    assert.match(en, /down by 5\.8 dB/);
  });

  test('quieter is good news where the service makes up for it, and worse the more is missing', () => {
    assert.equal(loudnessOf(-18, 'spotify', { loudness: { truePeakDbtp: -6 } }).severity, 'good');
    assert.equal(loudnessOf(-18, 'spotify', { loudness: { truePeakDbtp: -3.5 } }).severity, 'advice');
    assert.match(loudnessOf(-18, 'spotify', { loudness: { truePeakDbtp: -3.5 } }).en, /1\.5 dB quieter.*only 2\.5 dB/);
    assert.equal(loudnessOf(-18, 'youtube').severity, 'warning');
  });

  test('broadcast is met within 0.5 LU, let pass within 1, refused beyond', () => {
    assert.deepEqual(
      [-23.5, -22.5, -22.4, -24, -24.1].map((lufs) => loudnessOf(lufs, 'ebu-r128').severity),
      ['good', 'good', 'advice', 'advice', 'problem'],
    );
    assert.match(loudnessOf(-27, 'ebu-r128').en, /up by 4 dB.*2\.5 dBTP.*limiter/);
  });

  test('a podcast of one channel is held against −19, one of two against −16', () => {
    assert.equal(loudnessOf(-19, 'podcast', { channels: 1, stereo: null }).code, 'on-target');
    assert.equal(loudnessOf(-19, 'podcast').code, 'below-target');
  });

  test('a club wants what DJs play', () => {
    assert.deepEqual(
      [-14, -12, -9, -6].map((lufs) => `${loudnessOf(lufs, 'club').code} ${loudnessOf(lufs, 'club').severity}`),
      ['below-target warning', 'below-target advice', 'on-target good', 'above-target advice'],
    );
  });
});

describe('peaks and clipping', () => {
  test('true peak: the ceiling is −1, −2 for what is louder than −14, and full scale is the end', () => {
    const peak = (truePeakDbtp: number, integratedLufs: number) =>
      Object.entries(severities({ loudness: { truePeakDbtp, integratedLufs } })).find(([code]) =>
        code.startsWith('true-peak'),
      );
    assert.deepEqual(peak(-1, -14), ['true-peak-safe', 'good']);
    assert.deepEqual(peak(-1.3, -9), ['true-peak-above-ceiling', 'advice']);
    assert.deepEqual(peak(-0.5, -14), ['true-peak-above-ceiling', 'warning']);
    assert.deepEqual(peak(0.3, -14), ['true-peak-above-full-scale', 'problem']);
  });

  test('places are the highest peaks, at most twenty, in the order of time', () => {
    const peaks = Array.from({ length: 60 }, (_, index) => ({
      startSeconds: index,
      endSeconds: index + 0.1,
      channel: 0,
      dbtp: (index * 37) % 60,
    }));
    const [verdict] = verdictsOf({ loudness: { truePeakDbtp: 1, peaks } }).filter(({ code }) =>
      code.startsWith('true-peak'),
    );
    const highest = peaks.filter(({ dbtp }) => dbtp >= 40).map(({ startSeconds }) => startSeconds);
    assert.deepEqual(
      verdict?.places.map(({ startSeconds }) => startSeconds),
      highest,
    );
  });

  test('a little clipping is advice, more a warning, a long flat top a problem', () => {
    const clips = (samples: number) => [{ startSeconds: 3, endSeconds: 3.001, channel: 0, samples }];
    const of = (clippedSamples: number, longest: number) =>
      severities({ dynamics: { clippedSamples, clips: clips(longest) } })['clipping'];
    assert.deepEqual([of(9, 3), of(200, 5), of(5_000, 5), of(60, 45)], ['advice', 'warning', 'problem', 'problem']);
  });
});

describe('stereo and phase', () => {
  test('one channel is fine for a podcast and worth a question for music', () => {
    const mono: Overrides = { channels: 1, stereo: null, loudness: { integratedLufs: -19 } };
    assert.equal(severities(mono, { target: 'podcast', genre: 'none' })['mono-recording'], 'good');
    assert.equal(severities(mono)['mono-recording'], 'advice');
    assert.deepEqual(
      Object.keys(severities(mono)).filter((code) => /phase|mono-(safe|loss)|stereo|bass/.test(code)),
      [],
    );
  });

  test('two equal channels, a silent one, an inverted one and a leaning one are told apart', () => {
    const of = (stereo: Overrides['stereo'], channelTruePeaksDbtp: (number | null)[] = [-1.5, -1.5]) =>
      Object.keys(severities({ stereo, loudness: { channelTruePeaksDbtp } }));
    assert.ok(of({ widthPercent: 0, correlation: 1, monoCompatibilityDb: 0 }).includes('channels-identical'));
    assert.ok(of({ correlation: null, balanceDb: null }, [-1.5, null]).includes('channel-silent'));
    assert.ok(of({ correlation: -0.98, widthPercent: 90, monoCompatibilityDb: -20 }).includes('phase-inverted'));
    assert.ok(of({ balanceDb: -2 }).includes('stereo-unbalanced'));
    assert.ok(of({ monoCompatibilityDb: -5 }).includes('mono-loss'));
    assert.ok(of({ monoCompatibilityDb: null, correlation: -0.4 }).includes('mono-loss'));
  });

  test('the sides are called by their names', () => {
    const [verdict] = verdictsOf({ stereo: { balanceDb: -4 } }).filter(({ code }) => code === 'stereo-unbalanced');
    assert.equal(verdict?.severity, 'warning');
    assert.match(verdict?.text.en ?? '', /right channel is 4 dB louder/);
    assert.match(verdict?.text['pt-BR'] ?? '', /canal direito está 4 dB/);
  });
});

describe('balance', () => {
  const codes = (
    thirdOctaveDb: Measured['spectrum']['thirdOctaveDb'],
    genre: Parameters<typeof judge>[1]['genre'] = 'pop',
  ) =>
    Object.entries(severities({ spectrum: { thirdOctaveDb } }, { target: 'spotify', genre }))
      .filter(([code]) => code.startsWith('balance'))
      .map(([code, severity]) => `${code} ${severity}`);

  test('a band beyond the tolerance is named, one beyond twice that is a warning', () => {
    assert.deepEqual(codes(tilted({})), ['balance-fits good']);
    assert.deepEqual(codes(tilted({ mid: 5 })), ['balance-mid-high advice']);
    assert.deepEqual(codes(tilted({ 'low-mid': -9 })), ['balance-low-mid-low warning']);
    assert.deepEqual(codes(tilted({ mid: 5 }), 'none'), []);
  });

  test('rumble is found below the music, not where there is music', () => {
    const rumbling = popSpectrum().map(({ centerHz, db }) => ({ centerHz, db: centerHz === 25 ? -20 : db }));
    assert.ok('low-rumble' in severities({ spectrum: { thirdOctaveDb: rumbling } }));
    assert.ok(!('low-rumble' in severities({})));
  });
});

describe('the file', () => {
  test('16 bits in a file of 24, a treble that was cut off, a wave beside zero, a low rate', () => {
    const found = severities({
      dynamics: { effectiveBits: 16, dcOffset: -0.03 },
      spectrum: { highestHz: 16_000 },
    });
    assert.deepEqual(
      ['bit-depth-padded', 'lossy-cutoff', 'dc-offset'].map((code) => found[code]),
      ['advice', 'warning', 'warning'],
    );
    assert.equal(severities({ sampleRateHz: 22_050, spectrum: { highestHz: 11_000 } })['sample-rate-low'], 'warning');
  });

  test('an MP3 is called one, and its cut-off is no surprise', () => {
    const found = severities({
      source: { codec: 'MP3', bitsPerSample: null },
      dynamics: { effectiveBits: null },
      spectrum: { highestHz: 16_000 },
    });
    assert.equal(found['lossy-source'], 'advice');
    assert.ok(!('lossy-cutoff' in found));
    const podcast = severities({ source: { codec: 'MP3' } }, { target: 'podcast', genre: 'speech' });
    assert.ok(!('lossy-source' in podcast));
  });

  test('silence counts by where it is', () => {
    const found = severities({
      silence: [
        { where: 'start', startSeconds: 0, endSeconds: 2 },
        { where: 'middle', startSeconds: 60, endSeconds: 61 },
        { where: 'end', startSeconds: 170, endSeconds: 180 },
      ],
    });
    assert.deepEqual(
      Object.keys(found).filter((code) => code.startsWith('silence')),
      ['silence-start', 'silence-end'],
    );
  });
});

describe('a reference', () => {
  test('differences of bands are taken at equal loudness', () => {
    // The reference is 4 dB louder in everything: a matter of volume alone.
    const louder = measuredOf({ loudness: { integratedLufs: -10 }, spectrum: { thirdOctaveDb: popSpectrum(-28) } });
    const { comparison, verdicts } = judge(measuredOf(), spotifyPop, louder);
    assert.equal(comparison?.loudnessDb, -4);
    for (const { levelDb } of comparison?.bands ?? []) assert.ok(Math.abs(levelDb ?? 1) < 1e-9);
    for (const { db } of comparison?.thirdOctaveDb ?? []) assert.ok(Math.abs(db ?? 1) < 1e-9);
    assert.deepEqual(
      verdicts.filter(({ code }) => code.startsWith('reference')).map(({ code }) => code),
      ['reference-quieter'],
    );
  });

  test('more treble than the reference is told with its amount', () => {
    const dark = measuredOf({ spectrum: { thirdOctaveDb: tilted({ treble: -5 }) } });
    const { comparison, verdicts } = judge(measuredOf(), spotifyPop, dark);
    assert.ok(Math.abs((comparison?.bands.find(({ name }) => name === 'treble')?.levelDb ?? 0) - 5) < 1e-9);
    const verdict = verdicts.find(({ code }) => code === 'reference-treble-high');
    assert.deepEqual([verdict?.severity, verdict?.measured], ['advice', 5]);
  });

  test('the same recording matches itself', () => {
    assert.ok('reference-match' in severities({}, spotifyPop, measuredOf()));
  });

  test('a silent reference compares to nothing, and nothing is said', () => {
    const { comparison, verdicts } = judge(measuredOf(), spotifyPop, silentRecording());
    assert.equal(comparison?.loudnessDb, null);
    assert.deepEqual(
      verdicts.filter(({ code }) => code.startsWith('reference-') && code !== 'reference-match'),
      [],
    );
  });
});

describe('what cannot be judged', () => {
  test('silence has one clear verdict', () => {
    const { verdicts, services } = judge(silentRecording(), spotifyPop);
    assert.deepEqual(
      verdicts.map(({ code }) => code),
      ['silent'],
    );
    assert.ok(services.every(({ gainDb }) => gainDb === null));
  });

  test('so has what is shorter than 400 ms', () => {
    const short = { durationSeconds: 0.01, loudness: { integratedLufs: null, rangeLu: null, plrDb: null } };
    assert.deepEqual(
      verdictsOf(short).map(({ code }) => code),
      ['too-short'],
    );
  });

  test('a short file is judged, and its range is said to be unsettled', () => {
    const found = severities({ durationSeconds: 20, loudness: { rangeStable: false } });
    assert.equal(found['range-unstable'], 'advice');
    assert.equal(found['ready'], 'good');
  });
});

test('whatever is measured, every text is whole in both languages, and every code documented and said once', () => {
  const level = fc.option(fc.double({ min: -80, max: 6, noNaN: true }), { nil: null, freq: 6 });
  const share = fc.double({ min: -1, max: 1, noNaN: true });
  const place = fc
    .tuple(fc.double({ min: 0, max: 170, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true }))
    .map(([startSeconds, length]) => ({ startSeconds, endSeconds: startSeconds + length }));
  const overrides = fc.record({
    durationSeconds: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
    sampleRateHz: fc.constantFrom(8_000, 44_100, 48_000, 192_000),
    loudness: fc.record({
      integratedLufs: level,
      truePeakDbtp: level,
      samplePeakDbfs: level,
      rangeLu: fc.option(fc.double({ min: 0, max: 40, noNaN: true }), { nil: null }),
      rangeStable: fc.boolean(),
      plrDb: fc.option(fc.double({ min: 0, max: 40, noNaN: true }), { nil: null }),
      channelTruePeaksDbtp: fc.tuple(level, level),
      peaks: fc.array(
        place.map((at) => ({ ...at, channel: 0, dbtp: 0.5 })),
        { maxLength: 40 },
      ),
    }),
    dynamics: fc.record({
      clippedSamples: fc.nat({ max: 1_000_000 }),
      clips: fc.array(
        place.map((at) => ({ ...at, channel: 0, samples: 5 })),
        { maxLength: 40 },
      ),
      dcOffset: share,
      noiseFloorDbfs: level,
      effectiveBits: fc.option(fc.integer({ min: 1, max: 32 }), { nil: null }),
    }),
    stereo: fc.option(
      fc.record({
        correlation: fc.option(share, { nil: null }),
        widthPercent: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
        monoCompatibilityDb: fc.option(fc.double({ min: -60, max: 0, noNaN: true }), { nil: null }),
        balanceDb: fc.option(fc.double({ min: -90, max: 90, noNaN: true }), { nil: null }),
        inversions: fc.array(
          place.map((at) => ({ ...at, correlation: -0.5 })),
          { maxLength: 40 },
        ),
      }),
      { nil: null },
    ),
    spectrum: fc.record({
      thirdOctaveDb: fc
        .array(level, { minLength: 30, maxLength: 30 })
        .map((levels) => popSpectrum().map(({ centerHz }, index) => ({ centerHz, db: levels[index] ?? null }))),
      highestHz: fc.option(fc.double({ min: 20, max: 22_000, noNaN: true }), { nil: null }),
    }),
    rhythm: fc.record({
      tempoBpm: fc.option(fc.double({ min: 50, max: 210, noNaN: true }), { nil: null }),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    tonality: fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      detuningCents: fc.option(fc.double({ min: -50, max: 50, noNaN: true }), { nil: null }),
    }),
    silence: fc.array(
      fc.tuple(place, fc.constantFrom('start', 'middle', 'end')).map(([at, where]) => ({ ...at, where })),
      { maxLength: 5 },
    ),
  });
  fc.assert(
    fc.property(
      overrides,
      fc.constantFrom(...targetNames),
      fc.constantFrom(...genreNames),
      fc.boolean(),
      (measured, target, genre, hasReference) => {
        const reference = hasReference ? measuredOf() : undefined;
        const { verdicts } = judge(measuredOf(measured as Overrides), { target, genre }, reference);
        assert.ok(verdicts.length > 0);
        assert.equal(new Set(verdicts.map(({ code }) => code)).size, verdicts.length);
        for (const verdict of verdicts) assertWhole(verdict);
      },
    ),
    { numRuns: 300 },
  );
});

function assertWhole({ code, text, measured, places }: Verdict): void {
  assert.ok(Object.hasOwn(verdictTitles, code), code);
  assert.ok(measured === null || Number.isFinite(measured), `${code} measured ${measured}`);
  assert.ok(places.length <= 20);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a.startSeconds - b.startSeconds),
  );
  for (const [language, sentence] of Object.entries(text)) {
    assert.match(sentence, /^[A-ZÀ-Ý\d−].{15,}[.?]$/u, `${code} ${language}: ${sentence}`);
    assert.doesNotMatch(sentence, /undefined|NaN|Infinity|null|\[object|\$\{|--/, `${code} ${language}: ${sentence}`);
    // At most one decimal, with the mark of the language.
    assert.doesNotMatch(
      sentence,
      language === 'en' ? /\d\.\d{2}|\d,\d(?!\d\d)/ : /\d,\d{2}|\d\.\d(?!\d\d)/,
      `${code}: ${sentence}`,
    );
  }
}

function silentRecording(): Measured {
  return measuredOf({
    loudness: {
      integratedLufs: null,
      maxShortTermLufs: null,
      truePeakDbtp: null,
      samplePeakDbfs: null,
      rangeLu: null,
      plrDb: null,
    },
    stereo: { correlation: null, widthPercent: null },
    spectrum: { thirdOctaveDb: popSpectrum().map(({ centerHz }) => ({ centerHz, db: null })) },
    silence: [{ where: 'all', startSeconds: 0, endSeconds: 180 }],
  });
}
