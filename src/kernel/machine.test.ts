import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type MachineSource, machineLoad, thisMachine } from './machine.ts';
import { gibibyte, mebibyte } from './units.ts';

const root = mkdtempSync(join(tmpdir(), 'esteira-machine-'));
after(() => rmSync(root, { recursive: true, force: true }));

let hosts = 0;

/** A host of 8 cores and 32 GiB, 20 of them free, with these files. */
function host(files: Readonly<Record<string, string>>, own: Partial<MachineSource> = {}): MachineSource {
  const dir = join(root, String(hosts++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), `${text}\n`);
  }
  return {
    cgroupRoot: join(dir, 'cgroup'),
    selfCgroup: join(dir, 'self'),
    pressureFile: join(dir, 'pressure'),
    cores: 8,
    memoryBytes: 32 * gibibyte,
    freeMemoryBytes: () => 20 * gibibyte,
    loadAverage: () => 2,
    ...own,
  };
}

const version2 = { 'cgroup/cgroup.controllers': 'cpu memory' };

describe('what a process may use', () => {
  test('without control groups: what the host has', () => {
    assert.deepEqual(thisMachine(host({})), { cores: 8, memoryBytes: 32 * gibibyte });
  });

  test('version 2, in a container, which sees its own group as the root', () => {
    const files = {
      ...version2,
      self: '0::/',
      'cgroup/cpu.max': '150000 100000',
      'cgroup/memory.max': `${2 * gibibyte}`,
    };
    assert.deepEqual(thisMachine(host(files)), { cores: 1.5, memoryBytes: 2 * gibibyte });
  });

  test('version 2, without limits', () => {
    const files = { ...version2, self: '0::/', 'cgroup/cpu.max': 'max 100000', 'cgroup/memory.max': 'max' };
    assert.deepEqual(thisMachine(host(files)), { cores: 8, memoryBytes: 32 * gibibyte });
  });

  test('version 2, as a service: the narrowest of the groups above counts', () => {
    const files = {
      ...version2,
      self: '0::/system.slice/esteira.service',
      'cgroup/system.slice/cpu.max': '400000 100000',
      'cgroup/system.slice/memory.max': `${4 * gibibyte}`,
      'cgroup/system.slice/esteira.service/cpu.max': 'max 100000',
      'cgroup/system.slice/esteira.service/memory.max': `${6 * gibibyte}`,
    };
    assert.deepEqual(thisMachine(host(files)), { cores: 4, memoryBytes: 4 * gibibyte });
  });

  test('version 1, with the path of the host where only the root is seen', () => {
    const files = {
      self: '5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc',
      'cgroup/memory/memory.limit_in_bytes': `${512 * mebibyte}`,
      'cgroup/cpu/cpu.cfs_quota_us': '50000',
      'cgroup/cpu/cpu.cfs_period_us': '100000',
    };
    assert.deepEqual(thisMachine(host(files)), { cores: 0.5, memoryBytes: 512 * mebibyte });
  });

  test('version 1, without limits', () => {
    const files = {
      self: '5:memory:/\n3:cpu:/',
      'cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
      'cgroup/cpu/cpu.cfs_quota_us': '-1',
      'cgroup/cpu/cpu.cfs_period_us': '100000',
    };
    assert.deepEqual(thisMachine(host(files)), { cores: 8, memoryBytes: 32 * gibibyte });
  });

  test('a quota is not rounded where the system has done so, and fewer cores by affinity stay fewer', () => {
    const files = { ...version2, 'cgroup/cpu.max': '250000 100000' };
    const coresSaid = (cores: number) => thisMachine(host(files, { cores })).cores;
    assert.deepEqual([8, 2, 1].map(coresSaid), [2.5, 2.5, 1]);
    const half = { ...version2, 'cgroup/cpu.max': '20000 100000' };
    assert.equal(thisMachine(host(half, { cores: 1 })).cores, 0.2);
  });

  test('files with rubbish are files that are not there', () => {
    const files = { ...version2, 'cgroup/cpu.max': 'a lot', 'cgroup/memory.max': '', self: 'nonsense' };
    assert.deepEqual(thisMachine(host(files)), { cores: 8, memoryBytes: 32 * gibibyte });
  });
});

describe('how it is at the moment', () => {
  test('without control groups: what the host says', () => {
    assert.deepEqual(machineLoad(host({})), { freeMemoryBytes: 20 * gibibyte, cpuPressure: 0 });
    assert.equal(machineLoad(host({}, { loadAverage: () => 32 })).cpuPressure, 0.75);
  });

  test('version 2: what is left to the limit; what was only read is not in use', () => {
    const files = {
      ...version2,
      self: '0::/',
      'cgroup/memory.max': `${2 * gibibyte}`,
      'cgroup/memory.current': `${1.5 * gibibyte}`,
      'cgroup/memory.stat': `anon 1\nfile 2\ninactive_file ${gibibyte}\nactive_file 3`,
      'cgroup/cpu.pressure': 'some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=0.00',
      pressure: 'some avg10=90.00 avg60=1.00 avg300=0.00 total=1',
    };
    assert.deepEqual(machineLoad(host(files)), { freeMemoryBytes: 1.5 * gibibyte, cpuPressure: 0.125 });
  });

  test('version 1, and the pressure of the host', () => {
    const files = {
      self: '5:memory:/docker/abc',
      'cgroup/memory/memory.limit_in_bytes': `${gibibyte}`,
      'cgroup/memory/memory.usage_in_bytes': `${900 * mebibyte}`,
      'cgroup/memory/memory.stat': `inactive_file 5\ntotal_inactive_file ${100 * mebibyte}`,
      pressure: 'some avg10=40.00 avg60=1.00 avg300=0.00 total=1',
    };
    assert.deepEqual(machineLoad(host(files)), { freeMemoryBytes: 224 * mebibyte, cpuPressure: 0.4 });
  });

  test('a host that is full counts, whatever the container may have; and nothing is less than nothing', () => {
    const files = { ...version2, 'cgroup/memory.max': `${gibibyte}`, 'cgroup/memory.current': `${2 * gibibyte}` };
    assert.equal(machineLoad(host(files)).freeMemoryBytes, 0);
    const full = { ...version2, 'cgroup/memory.max': `${gibibyte}`, 'cgroup/memory.current': '0' };
    assert.equal(machineLoad(host(full, { freeMemoryBytes: () => 5 })).freeMemoryBytes, 5);
  });
});

test('this machine says something that can be', () => {
  const { cores, memoryBytes } = thisMachine();
  assert.ok(cores > 0 && memoryBytes > 0 && Number.isFinite(memoryBytes));
  const { freeMemoryBytes, cpuPressure } = machineLoad();
  assert.ok(freeMemoryBytes > 0 && cpuPressure >= 0 && cpuPressure <= 1);
});
