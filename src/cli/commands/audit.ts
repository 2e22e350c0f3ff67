import type { ChainsReport } from '#audit/audit.ts';
import { administer } from '../admin.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import { dataOption } from '../settings.ts';

export const auditCommand: Command = {
  summary: 'Look whether the record of acts is as it was written.',
  usage: 'audit verify [options]',
  options: [dataOption, { name: 'json', help: 'Print one JSON object.' }],
  notes: [
    'Follows the chain of every workspace and that of the server. Exit code 1 when one is broken, and where.',
    'docs/audit.md says what it can show and what it cannot.',
  ],
  run: audit,
};

async function audit(args: Arguments): Promise<number> {
  const [action, stray] = args.positionals;
  if (action !== 'verify' || stray !== undefined) throw new UsageError('audit is followed by verify.');
  const report = await administer(args, (call) => call<ChainsReport>('GET', '/v1/audit/verify?of=all'));
  process.stdout.write(args.values['json'] ? `${JSON.stringify(report)}\n` : `${inWords(report)}\n`);
  return report.intact ? 0 : 1;
}

function inWords({ entries, blanked, chains, intact, brokenAt, brokenIn, reason }: ChainsReport): string {
  const counted = `${entries} entries in ${chains} chains`;
  const erased = blanked === 0 ? '' : ` (${blanked} without their content, which was erased)`;
  if (intact) return `${counted}${erased}: as they were written.`;
  const whose = brokenIn === 'server' ? 'the chain of the server' : `the chain of workspace ${brokenIn}`;
  return `Broken at entry ${brokenAt} of ${whose}: ${reason} Before it, ${counted}${erased} are as they were written.`;
}
