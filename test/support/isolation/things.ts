import { invited, jsonOf, jsonSender, type Workspace } from './people.ts';

/** One of everything that a workspace can have; the keys are what `{…}` stands for in `idOf`. */
export interface Things {
  readonly [kind: string]: string;
}

export interface Maker {
  /** Everything, made once. */
  readonly things: Things;
  /** One more of a kind, to be removed. */
  fresh(kind: string): Promise<string>;
}

/**
 * Fills a workspace. Everything that has a name has the workspace's in it.
 *
 * @param picture any PNG; another one for another workspace
 */
export async function fillWorkspace(address: string, workspace: Workspace, picture: Buffer): Promise<Maker> {
  const { id: tenant, name, owner } = workspace;
  const send = jsonSender(address);
  let count = 0;
  const another = () => {
    count += 1;
    return count;
  };
  const made = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const by = { ...owner, headers: { ...owner.headers, ...headers } };
    return await jsonOf<Record<string, string>>(await send('POST', path, by, body), 200, 201, 202);
  };
  const idIn = async (path: string, body: unknown, headers?: Record<string, string>) =>
    String((await made(path, body, headers))['id']);
  /** No two of them are the same work. */
  const resize = (asset: string) => ({
    processor: 'image.resize',
    inputs: [asset],
    params: { widthPx: 100 + another() },
  });

  async function upload(): Promise<string> {
    const answer = await fetch(`${address}/v1/assets`, {
      method: 'POST',
      headers: {
        ...owner.headers,
        'content-type': 'image/png',
        'content-disposition': `attachment; filename="${name}.png"`,
      },
      body: new Uint8Array(picture),
    });
    return (await jsonOf<{ id: string }>(answer, 201)).id;
  }

  async function beginUpload(): Promise<string> {
    const answer = await fetch(`${address}/v1/uploads`, {
      method: 'POST',
      headers: { ...owner.headers, 'tus-resumable': '1.0.0', 'upload-length': '100' },
    });
    await jsonOf(answer, 201);
    return answer.headers.get('location')?.split('/').at(-1) ?? '';
  }

  async function addMember(): Promise<string> {
    const label = `member-${another()}`;
    const email = `${label}@${name}.example.com`;
    await invited(address, owner, label, 'viewer', email, []);
    const { items } = await jsonOf<{ items: { userId: string; email: string }[] }>(
      await send('GET', '/v1/members', owner),
      200,
    );
    return items.find((one) => one.email === email)?.userId ?? '';
  }

  const asset = await upload();
  const share = async (jobId: string) => idIn('/v1/shares', { jobId, outputIndex: 0, name });
  const finishedJob = () => idIn('/v1/jobs', resize(asset), { prefer: 'wait=60' });
  const webhook = () => idIn('/v1/webhooks', { url: `https://${name}.example.com/`, events: ['job.failed'] });
  const makers: Readonly<Record<string, () => Promise<string>>> = {
    asset: upload,
    upload: beginUpload,
    job: finishedJob,
    batch: () => {
      const { inputs, ...rest } = resize(asset);
      return idIn('/v1/batches', { ...rest, inputs });
    },
    pipeline: () => idIn('/v1/pipelines', { name, steps: [{ id: 'only', ...resize(asset) }] }),
    template: () => idIn('/v1/templates', templateCalled(`${name} ${another()}`)),
    schedule: () => idIn('/v1/schedules', { name, cron: '@yearly', paused: true, job: resize(asset) }),
    share: async () => share(await finishedJob()),
    webhook,
    delivery: async () => idIn(`/v1/webhooks/${await webhook()}/test`, undefined),
    invitation: () => idIn('/v1/invitations', { email: `guest-${another()}@${name}.example.com`, role: 'viewer' }),
    member: addMember,
    export: () => idIn('/v1/privacy/exports', { of: 'me' }),
    erasure: () => idIn('/v1/privacy/erasures', { of: 'tenant', confirm: name }),
    key: () => idIn('/v1/api-keys', { name, scopes: ['jobs:read'] }),
    role: async () =>
      String((await made('/v1/roles', { name: `${name}-${another()}`, permissions: ['jobs:read'] }))['name']),
  };
  const things: Record<string, string> = { asset, tenant };
  for (const [kind, make] of Object.entries(makers)) things[kind] ??= await make();
  return {
    things,
    async fresh(kind) {
      const make = makers[kind];
      if (make === undefined) throw new Error(`there is no maker of ${kind}: add one to things.ts`);
      return await make();
    },
  };
}

export function templateCalled(name: string) {
  const params = { texts: [{ kind: 'text', text: name }] };
  return { schema: 'esteira-template/1', name, processor: 'image.thumbnail', params, fields: {} };
}
