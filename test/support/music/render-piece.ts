import { between, type Random, randomFrom } from '../random.ts';
import { createDrumKit } from './drum-kit.ts';
import { bassTimbre, chordTimbre, hasAttack, playNotes } from './instruments.ts';
import { type Piece, type PieceDescription, pitchNames, type Stereo, sampleRateHz } from './piece.ts';
import { addReverb } from './reverb.ts';
import { composeScore, type Hit, type Score } from './score.ts';
import { singNotes } from './voice.ts';

/** Attacks closer than this are one onset to a listener. */
const mergeSeconds = 0.03;
/** What is played more softly is not counted as an onset. */
const ghostVelocity = 0.3;

/**
 * Plays a piece whose tempo, beats, onsets, key and sources are known, the same for the same seed. 20 to 40 seconds take some
 * tenths of a second.
 *
 * Nothing here is meant to be easy, because real recordings are not:
 * - tempo: hats and shakers faster than the beat, basses and chords on the off-beat, snares on every fourth beat, swing, fills,
 *   bars without drums, players who are early, late and drift;
 * - beats: the loudest strokes of several styles (samba's surdo, house's open hat) are not where the bar begins;
 * - key: sevenths, inversions, chords borrowed from other keys, progressions without a cadence, drums with a pitch of
 *   their own, a voice that slides and shakes, all of it up to 40 cents from A = 440 Hz;
 * - onsets: pads without attacks, strummed chords, reverberation, hiss;
 * - sources: bass and kick share their octave, voice and chords theirs, the voice stands in the middle as drums and bass do, and
 *   every source brings the sound of its room.
 *
 * Hiss belongs to the chords. What it is not: mastered (no compression, no clipping), since sources could not add up then.
 */
export function renderPiece(description: PieceDescription, seed: number): Piece {
  const random = randomFrom(seed);
  const length = Math.round(description.durationSeconds * sampleRateHz);
  const score = composeScore(description, random);
  const roomSeconds = between(random, 0.4, 2.2);
  const room = (source: Stereo, share: number) => addReverb(source, description.reverb * share, roomSeconds);

  const drums = silence(length);
  strike(drums, score.drums, random);
  room(drums, 0.25);
  const bass = silence(length);
  playNotes(bass, score.bass, bassTimbre(random), description.detuningCents);
  const timbre = chordTimbre(random);
  const chords = silence(length);
  playNotes(chords, score.chords, timbre, description.detuningCents);
  room(chords, 0.6);
  const voice = singNotes(length, score.vocals, description.detuningCents, random);
  const vocals: Stereo = [voice, voice.slice()];
  room(vocals, 0.5);

  setLevel(drums, between(random, -21, -14));
  setLevel(bass, between(random, -24, -18));
  setLevel(chords, between(random, -23, -15));
  setLevel(vocals, between(random, -24, -17));
  addHiss(chords, description.noiseDb - 20, random);
  const sources = { drums, bass, chords, vocals };
  const all = Object.values(sources);
  fadeOut(all);
  limitPeak(all, 10 ** (between(random, -4, -0.3) / 20));
  return {
    mix: addUp(all),
    sources,
    truth: {
      tempoBpm: description.tempoBpm,
      key: `${pitchNames[description.tonic]} ${description.mode}`,
      beatsSeconds: score.beatsSeconds,
      onsetsSeconds: onsetsOf(score, hasAttack(timbre), description.durationSeconds),
      detuningCents: description.detuningCents,
    },
  };
}

function silence(length: number): Stereo {
  return [new Float32Array(length), new Float32Array(length)];
}

function strike([left, right]: Stereo, hits: readonly Hit[], random: Random): void {
  const kit = createDrumKit(random);
  for (const { sound, seconds, velocity } of hits) {
    const { samples, pan } = kit[sound];
    const start = Math.max(0, Math.round(seconds * sampleRateHz));
    const gain = velocity ** 1.5;
    const gainLeft = gain * Math.cos((pan * Math.PI) / 2);
    const gainRight = gain * Math.sin((pan * Math.PI) / 2);
    const end = Math.min(samples.length, left.length - start);
    for (let i = 0; i < end; i += 1) {
      left[start + i] = (left[start + i] as number) + gainLeft * (samples[i] as number);
      right[start + i] = (right[start + i] as number) + gainRight * (samples[i] as number);
    }
  }
}

/** Brings the power of what sounds at all to a level. */
function setLevel(source: Stereo, rmsDb: number): void {
  let power = 0;
  let sounding = 0;
  for (const channel of source) {
    for (let i = 0; i < channel.length; i += 1) {
      const square = (channel[i] as number) ** 2;
      if (square < 1e-8) continue;
      power += square;
      sounding += 1;
    }
  }
  if (sounding > 0) scale(source, 10 ** (rmsDb / 20) / Math.sqrt(power / sounding));
}

function addHiss(source: Stereo, rmsDb: number, random: Random): void {
  const gain = 10 ** (rmsDb / 20) * Math.sqrt(3);
  for (const channel of source) {
    for (let i = 0; i < channel.length; i += 1) channel[i] = (channel[i] as number) + gain * (random() * 2 - 1);
  }
}

function fadeOut(sources: readonly Stereo[]): void {
  const length = Math.round(0.2 * sampleRateHz);
  for (const channel of sources.flat()) {
    const start = channel.length - length;
    for (let i = 0; i < length; i += 1) channel[start + i] = (channel[start + i] as number) * (1 - i / length);
  }
}

function limitPeak(sources: readonly Stereo[], limit: number): void {
  let peak = 0;
  for (const channel of addUp(sources)) {
    for (let i = 0; i < channel.length; i += 1) peak = Math.max(peak, Math.abs(channel[i] as number));
  }
  for (const source of sources) scale(source, limit / peak);
}

function scale(source: Stereo, gain: number): void {
  for (const channel of source) {
    for (let i = 0; i < channel.length; i += 1) channel[i] = (channel[i] as number) * gain;
  }
}

function addUp(sources: readonly Stereo[]): Stereo {
  const total = silence(sources[0]?.[0].length ?? 0);
  for (const source of sources) {
    for (const channel of [0, 1] as const) {
      const [out, samples] = [total[channel], source[channel]];
      for (let i = 0; i < out.length; i += 1) out[i] = (out[i] as number) + (samples[i] as number);
    }
  }
  return total;
}

function onsetsOf(score: Score, chordsAttack: boolean, durationSeconds: number): number[] {
  const attacks = [
    ...score.drums.filter(({ velocity }) => velocity > ghostVelocity),
    ...score.bass,
    ...(chordsAttack ? score.chords : []),
    ...score.vocals,
  ].map(({ seconds }) => seconds);
  const onsets: number[] = [];
  for (const seconds of attacks.filter((at) => at >= 0 && at < durationSeconds - 0.2).sort((a, b) => a - b)) {
    if (seconds - (onsets.at(-1) ?? Number.NEGATIVE_INFINITY) > mergeSeconds) onsets.push(seconds);
  }
  return onsets;
}
