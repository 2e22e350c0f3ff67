/**
 * Named places at which a test kills the process, to prove that nothing acknowledged is lost there.
 *
 * Off unless armed: `armFailpoint` is called by the composition root alone, and only when
 * the configuration allows it (ESTEIRA_TEST=1 with ESTEIRA_FAILPOINT=name).
 */
export const failpointNames = [
  'after-asset-put',
  'upload-whole',
  'upload-kept',
  'after-job-row',
  'after-enqueue',
  'worker-claimed',
  'worker-output-put',
  'before-commit',
  'webhook-sent',
  'step-ended',
  'after-step-row',
] as const;

export type FailpointName = (typeof failpointNames)[number];

let armed: FailpointName | undefined;

export function armFailpoint(name: FailpointName | undefined): void {
  armed = name;
}

/** Dies here with SIGKILL, as in a power cut, when this place is armed. */
export function failpoint(name: FailpointName): void {
  if (armed === name) process.kill(process.pid, 'SIGKILL');
}
