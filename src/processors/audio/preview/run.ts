import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { openAudio } from '#processors/shared/audio/decode/open-audio.ts';
import { decodedPath } from '#processors/shared/audio/decode-needs.ts';
import { openEncoder } from '#processors/shared/audio/encode/audio-encoder.ts';
import { recordingSeconds } from '#processors/shared/audio/sound-types.ts';
import type { previewParams } from './params.ts';
import { createPeakFinder } from './peaks.ts';
import { createStereoMix } from './stereo-mix.ts';
import { createTilePainter } from './tiles.ts';

type Context = ProcessorContext<typeof previewParams>;

export function createRuntime(): ProcessorRuntime<typeof previewParams> {
  return { warm: async () => {}, run };
}

/** @throws AppError MEDIA_INVALID as the decoder does */
async function run(context: Context): Promise<readonly ProcessorOutput[]> {
  const { inputs, params, scratchDir, signal, progress } = context;
  const { path, mediaType } = decodedPath(context, 0);
  await using stream = await openAudio(path, mediaType, { signal });
  const { sampleRateHz, layout, frames: promised } = stream.format;
  const channels = Math.min(2, layout.length);
  const mostSeconds = promised === undefined ? recordingSeconds(inputs) : promised / sampleRateHz;

  const tiles: ProcessorOutput[] = [];
  const painter = params.tiles
    ? await createTilePainter({ sampleRateHz, channels, mostSeconds }, async (png) => {
        const file = `tile-${String(tiles.length).padStart(3, '0')}.png`;
        await writeFile(join(scratchDir, file), png);
        tiles.push({ file, mediaType: 'image/png' });
      })
    : undefined;
  const mix = createStereoMix(layout);
  const peaks = createPeakFinder();
  const file = 'preview.mp3';
  const { bitrateKbps } = params;
  await using encoder = await openEncoder('mp3', { path: join(scratchDir, file), sampleRateHz, channels, bitrateKbps });
  let frames = 0;
  for await (const block of stream.blocks()) {
    peaks.add(block);
    const mixed = mix(block);
    await encoder.write(mixed);
    await painter?.add(mixed);
    frames += block.frames;
    progress(Math.min(1, frames / (mostSeconds * sampleRateHz)));
  }
  await encoder.close();
  const tileScale = await painter?.finish();
  const waveform = peaks.result(sampleRateHz, layout.length);
  await writeFile(join(scratchDir, 'peaks.json'), JSON.stringify(waveform));
  return [
    {
      file,
      mediaType: 'audio/mpeg',
      data: { durationSeconds: waveform.durationSeconds, channels, ...(tileScale && { tiles: tileScale }) },
    },
    { file: 'peaks.json', mediaType: 'application/json' },
    ...tiles,
  ];
}
