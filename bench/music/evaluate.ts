import { pieces } from '../../test/support/music/catalogue.ts';
import { type EvaluatedPiece, evaluate, meanScore } from '../../test/support/music/evaluation.ts';
import { createPeers, type PeerScores } from './peers.ts';

/** Every so many pieces are also given to the peers, which take their time. */
const share = 5;
const goals = { acc1: 0.85, acc2: 0.97, keyExact: 0.85 } as const;
const columns = ['acc1', 'acc2', 'keyExact', 'keyWeighted', 'beatF', 'onsetF', 'detuningErrorCents'] as const;

/**
 * Prints tempo, key, beats and onsets of generated pieces of known truth, by style, and essentia.js on a share of the same
 * pieces.
 *
 * @returns whether all goals were reached
 */
export async function evaluateMusic(count: number): Promise<boolean> {
  const peers = await createPeers();
  const peerScores: PeerScores[] = [];
  let done = 0;
  const evaluated = await evaluate(pieces(count), (_, played) => {
    if (done % share === 0) peerScores.push(peers.score(played));
    done += 1;
    if (process.stderr.isTTY || done % 20 === 0) process.stderr.write(`${done} of ${count} pieces\n`);
  });

  console.log(`${count} generated pieces (seeds of evaluation)\n`);
  console.log(['', 'pieces', ...columns].map((name, i) => name.padEnd(i === 0 ? 20 : 12)).join(''));
  const styles = Map.groupBy(evaluated, ({ piece }) => piece.description.style);
  for (const [style, list] of styles) printRow(style, list);
  printRow('all', evaluated);

  console.log(`\nOn ${peerScores.length} of them                acc1    acc2    key exact  key weighted`);
  const shared = evaluated.filter((_, i) => i % share === 0);
  const ours = (['acc1', 'acc2', 'keyExact', 'keyWeighted'] as const).map((name) => meanScore(shared, name));
  console.log(`Esteira                           ${ours.map((value) => value.toFixed(3)).join('   ')}`);
  for (const [name, scores] of peers.means(peerScores)) {
    console.log(name.padEnd(34) + scores.map((value) => value?.toFixed(3) ?? '     ').join('   '));
  }

  let missed = 0;
  for (const [name, goal] of Object.entries(goals) as [keyof typeof goals, number][]) {
    const value = meanScore(evaluated, name);
    console.log(`${value >= goal ? 'reached' : 'MISSED '} ${name} ${value.toFixed(3)} (goal ${goal})`);
    if (value < goal) missed += 1;
  }
  return missed === 0;
}

function printRow(name: string, list: readonly EvaluatedPiece[]): void {
  const cells = columns.map((column) => meanScore(list, column).toFixed(3).padEnd(12));
  console.log(name.padEnd(20) + String(list.length).padEnd(12) + cells.join(''));
}
