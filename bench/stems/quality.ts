import { openSignalSeparator } from '../../src/processors/audio/stems/signal/signal-separator.ts';
import type { CataloguePiece } from '../../test/support/music/catalogue.ts';
import { type Stereo, sampleRateHz } from '../../test/support/music/piece.ts';
import { renderPiece } from '../../test/support/music/render-piece.ts';

export const judgedStems = ['vocals', 'accompaniment', 'drums', 'bass'] as const;
export type JudgedStem = (typeof judgedStems)[number];

/** For each stem the SI-SDR of what was made, and of the mix in its place, in dB; none where the piece has no such source. */
export type Scores = Partial<Record<JudgedStem, { readonly stemDb: number; readonly mixDb: number }>>;

const blockFrames = 16_384;

/** Takes a piece apart whose sources are known. */
export async function scorePiece({ description, seed }: CataloguePiece): Promise<Scores> {
  const { mix, sources } = renderPiece(description, seed);
  const made = await separate(mix);
  const accompaniment = combine(
    (drums, bass, chords) => drums + bass + chords,
    sources.drums,
    sources.bass,
    sources.chords,
  );
  const truth = { vocals: sources.vocals, accompaniment, drums: sources.drums, bass: sources.bass };
  const scores: Scores = {};
  for (const stem of judgedStems) {
    if (truth[stem].every((channel) => channel.every((value) => value === 0))) continue;
    scores[stem] = { stemDb: siSdrDb(truth[stem], made[stem]), mixDb: siSdrDb(truth[stem], mix) };
  }
  return scores;
}

async function separate(mix: Stereo): Promise<Record<JudgedStem, Stereo>> {
  const empty = (): Stereo => [new Float32Array(mix[0].length), new Float32Array(mix[0].length)];
  const made = { vocals: empty(), drums: empty(), bass: empty() };
  const separator = await openSignalSeparator(sampleRateHz, 2);
  let frames = 0;
  const take = async (parts: ReturnType<typeof separator.add>): Promise<void> => {
    for await (const part of parts) {
      for (const name of ['vocals', 'drums', 'bass'] as const) {
        part.stems.get(name)?.forEach((samples, channel) => {
          made[name][channel as 0 | 1].set(samples, frames);
        });
      }
      frames += part.frames;
    }
  };
  for (let from = 0; from < mix[0].length; from += blockFrames) {
    const channels = mix.map((samples) => samples.subarray(from, from + blockFrames));
    await take(separator.add({ channels, frames: channels[0]?.length ?? 0 }));
  }
  await take(separator.end());
  return { ...made, accompaniment: combine((all, vocals) => all - vocals, mix, made.vocals) };
}

function combine(sum: (...values: number[]) => number, ...sources: readonly Stereo[]): Stereo {
  const channel = (index: 0 | 1): Float32Array =>
    Float32Array.from({ length: sources[0]?.[index].length ?? 0 }, (_, i) =>
      sum(...sources.map((source) => source[index][i] as number)),
    );
  return [channel(0), channel(1)];
}

/**
 * Scale-invariant ratio of signal to distortion.
 *
 * @see Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019
 */
export function siSdrDb(truth: Stereo, made: Stereo): number {
  let [product, truthPower, madePower] = [0, 0, 0];
  for (const channel of [0, 1] as const) {
    truth[channel].forEach((value, i) => {
      const other = made[channel][i] as number;
      product += value * other;
      truthPower += value * value;
      madePower += other * other;
    });
  }
  const target = product ** 2 / truthPower;
  return 10 * Math.log10(target / (madePower - target));
}

/** Mean of what the stems are better than the mix, in dB. */
export function meanGainDb(scores: readonly Scores[], stem: JudgedStem): number {
  const gains = scores.flatMap(({ [stem]: score }) => (score === undefined ? [] : [score.stemDb - score.mixDb]));
  return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
}
