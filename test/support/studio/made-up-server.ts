import type { BrowserContext, Route } from 'playwright-core';
import type { Judged } from '#processors/audio/analysis/analysis.ts';
import { synthesise } from '../audio/synthesise.ts';
import { wavBytes } from '../audio/wav-bytes.ts';
import { madeUpSpectrogram } from './recordings.ts';

/** A job as the API shows it, as far as a test cares. */
export interface MadeUpJob {
  readonly id: string;
  readonly processor?: string;
  readonly status?: string;
  readonly progress?: number;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly detail: string };
  /** Of an analysis. */
  readonly analysis?: Judged;
  /** Whether what it found is gone. */
  readonly gone?: boolean;
  /** Of other work. */
  readonly outputs?: readonly Readonly<Record<string, unknown>>[];
}

export interface MadeUpServer {
  /** The last job of a kind that the pages asked for. */
  lastAsked(processor: string): Readonly<Record<string, unknown>> | undefined;
}

const stems = ['vocals', 'accompaniment'];
const bands = { columns: 800, rows: 256, fromHz: 20, toHz: 20_000, floorDb: -100, ceilingDb: -20 };

/**
 * Answers for the API in a browser, with work that was never done: for states that a real server does not get into by
 * itself. The pages, their policy and their files are the real server's.
 */
export async function answerForApi(context: BrowserContext, given: readonly MadeUpJob[]): Promise<MadeUpServer> {
  const jobs = new Map(given.map((job) => [job.id, job]));
  const asked: Readonly<Record<string, unknown>>[] = [];
  const spectrogram = await madeUpSpectrogram();
  const wav = wavBytes(synthesise(8_000, 20, [[{ toneHz: 220, amplitude: 0.3 }]]), 8_000, 's16');
  let made = 0;

  const toJson = (job: MadeUpJob) => {
    const { id, processor = 'audio.analysis', status = 'succeeded', name, inputs = [`asset-of-${id}`] } = job;
    const outputs = job.outputs ?? outputsOf(job);
    return {
      id,
      status,
      processor,
      progress: job.progress ?? (status === 'succeeded' ? 1 : 0),
      attempts: 1,
      params: job.params ?? { target: 'spotify', genre: 'none' },
      inputs,
      metadata: name === undefined ? null : { name },
      queuedAt: '2026-11-01T12:00:00.000Z',
      startedAt: '2026-11-01T12:00:00.100Z',
      finishedAt: status === 'succeeded' ? '2026-11-01T12:00:00.900Z' : null,
      cached: false,
      ...(job.error && { error: job.error }),
      outputs: status === 'succeeded' ? outputs.map((output, index) => ({ ...shared(id, index), ...output })) : [],
    };
  };
  const outputsOf = ({ analysis, processor }: MadeUpJob) => {
    if (processor === 'audio.preview') return [{ mediaType: 'audio/wav' }];
    if (analysis === undefined) return [];
    const columnSeconds = analysis.durationSeconds / bands.columns;
    return [{ mediaType: 'application/json' }, { mediaType: 'image/png', data: { ...bands, columnSeconds } }];
  };
  const create = (body: Readonly<Record<string, unknown>>): MadeUpJob => {
    asked.push(body);
    const processor = String(body['processor']);
    const inputs = body['inputs'] as readonly string[];
    const known = [...jobs.values()].find((job) => job.inputs?.[0] === inputs[0] || `asset-of-${job.id}` === inputs[0]);
    const params = (body['params'] ?? {}) as Readonly<Record<string, unknown>>;
    const name = String((body['metadata'] as { name?: string } | undefined)?.name ?? '');
    const job: MadeUpJob = {
      id: `made-${made++}`,
      processor,
      inputs,
      params,
      name,
      ...(known?.analysis && processor === 'audio.analysis' && { analysis: known.analysis }),
      ...(processor === 'audio.stems' && {
        outputs: stems.map((stem) => ({ mediaType: 'audio/wav', data: { stem, model: 'signal-processing' } })),
      }),
    };
    jobs.set(job.id, job);
    return job;
  };

  await context.route(/\/v1\//, async (route: Route) => {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    const body: unknown = request.postDataJSON?.() ?? null;
    const json = (value: unknown, status = 200) =>
      route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(value) });
    const problem = (status: number, code: string) =>
      route.fulfill({
        status,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: code }),
      });

    if (pathname === '/v1/auth/me') {
      return json({ mode: 'local', needsSetup: false, signUp: 'invitation', oidc: [], tenants: [], permissions: [] });
    }
    if (pathname === '/v1/events') return route.fulfill({ status: 503, body: '' });
    if (pathname === '/v1/processors') {
      return json({ items: [{ name: 'image.cutout', title: { en: 'Cut out', 'pt-BR': 'Recortar' } }] });
    }
    if (pathname === '/v1/shares') return json({ items: [] });
    if (pathname === '/v1/jobs' && request.method() === 'POST') {
      return json(toJson(create(body as Readonly<Record<string, unknown>>)), 200);
    }
    if (pathname === '/v1/jobs') {
      const wanted = searchParams.get('processor');
      const items = [...jobs.values()].filter(
        ({ processor = 'audio.analysis', status = 'succeeded' }) => processor === wanted && status === 'succeeded',
      );
      return json({ items: items.map(toJson), nextCursor: null });
    }
    const [, id = '', index] = /^\/v1\/jobs\/([^/]+)(?:\/outputs\/(\d+))?$/.exec(pathname) ?? [];
    const job = jobs.get(id);
    if (job === undefined) return problem(404, pathname.startsWith('/v1/jobs/') ? 'JOB_NOT_FOUND' : 'ASSET_NOT_FOUND');
    if (index === undefined) return json(toJson(job));
    if (job.gone) return problem(404, 'OUTPUT_NOT_FOUND');
    if (job.processor === 'audio.preview' || job.processor === 'audio.stems') {
      return route.fulfill(part(wav, request.headers()['range']));
    }
    return index === '0' ? json(job.analysis) : route.fulfill({ contentType: 'image/png', body: spectrogram });
  });
  return { lastAsked: (processor) => asked.findLast((job) => job['processor'] === processor) };
}

/** As much as was asked for: a browser jumps only where it can ask for parts. */
function part(wav: Buffer, range: string | undefined) {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const end = to === '' ? wav.length - 1 : Number(to);
  const headers = {
    'content-type': 'audio/wav',
    'accept-ranges': 'bytes',
    ...(range !== undefined && { 'content-range': `bytes ${from}-${end}/${wav.length}` }),
  };
  return { status: range === undefined ? 200 : 206, headers, body: wav.subarray(Number(from), end + 1) };
}

function shared(id: string, index: number) {
  const url = `/v1/jobs/${id}/outputs/${index}`;
  return { index, mediaType: '', sizeBytes: 1_000, sha256: `${id}-${index}`, url };
}
