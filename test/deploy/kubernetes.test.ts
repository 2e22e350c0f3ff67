import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { openApiDocument } from '#main/api.ts';
import { createHealth } from '#observability/health.ts';
import { createMetrics } from '#observability/metrics.ts';
import { createProbeServer } from '#observability/probe-server.ts';
import { findProgram } from '../support/programs.ts';
import { acceptedBy } from './settings.ts';

// There is no cluster here: what the objects promise each other and the program is what can be held, and that kubectl
// puts them together, where it is new enough to (Debian 12's is not).

const dir = join(import.meta.dirname, '../../deploy/kubernetes');
const closingMs = 5_000;

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, each asserted where it is read
type Thing = any;

function objectsIn(path: string): Thing[] {
  return parseAllDocuments(readFileSync(path, 'utf8'), { merge: true }).map((document) => {
    assert.deepEqual(document.errors, [], path);
    return document.toJS();
  });
}

const files = globSync('{base,overlays/*}/*.yaml', { cwd: dir }).filter((file) => !file.endsWith('kustomization.yaml'));
const objects: Thing[] = files.flatMap((file) => objectsIn(join(dir, file)));
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const named = (kind: string, name: string) => ofKind(kind).find(({ metadata }) => metadata.name === name);
const deployments = ofKind('Deployment');
const componentOf = (object: Thing): string => object.spec.template.metadata.labels['app.kubernetes.io/component'];
const base = parse(readFileSync(join(dir, 'base/kustomization.yaml'), 'utf8')) as Thing;
const settingsFile = variablesOf(join(dir, 'base/settings.env'));
const secretKeys = [...Object.keys(variablesOf(join(dir, 'secrets/secrets.example.env'))), 'htpasswd'];

function variablesOf(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const pairs = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs);
}

const kubectl = findProgram('kubectl');
const knowsLabels =
  kubectl !== undefined && /Kustomize Version: v[5-9]/.test(String(execFileSync(kubectl, ['version', '--client'])));

describe('deploy/kubernetes', () => {
  test(`kubectl puts the overlays together${knowsLabels ? '' : ': not looked at, there is no kubectl with Kustomize 5 here'}`, () => {
    for (const overlay of ['small', 'production']) {
      const folder = join(dir, 'overlays', overlay);
      const own = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as Thing;
      for (const resource of own.resources) assert.ok(existsSync(join(folder, resource)), resource);
      if (!knowsLabels) continue;
      const text = execFileSync(kubectl, ['kustomize', folder], { encoding: 'utf8' });
      const made: Thing[] = parseAllDocuments(text).map((document) => document.toJS());
      assert.ok(made.length > 15, overlay);
      for (const { kind, metadata } of made) {
        if (kind !== 'Namespace') assert.equal(metadata.namespace, 'esteira', `${kind} ${metadata.name}`);
      }
      const deployed = made.filter(({ kind }) => kind === 'Deployment');
      for (const { metadata, spec } of deployed) {
        const [{ image, envFrom = [] }] = spec.template.spec.containers;
        assert.match(image, /^(registry\.example\.com\/esteira|nginx):[\d.]+/, metadata.name);
        for (const { configMapRef } of envFrom) {
          assert.ok(made.some((object) => object.kind === 'ConfigMap' && object.metadata.name === configMapRef.name));
        }
        assert.equal('replicas' in spec, overlay === 'small' || metadata.name === 'esteira-gate', metadata.name);
      }
    }
  });

  test('the program takes the settings of its Deployments, and stops in the time it is given', () => {
    for (const deployment of deployments.filter((one) => componentOf(one) !== 'gate')) {
      const { containers, terminationGracePeriodSeconds } = deployment.spec.template.spec;
      const [{ args, env, envFrom }] = containers;
      assert.deepEqual(envFrom, [{ configMapRef: { name: 'settings' } }]);
      const own = Object.fromEntries(env.map(({ name, value }: Thing) => [name, value]));
      const config = acceptedBy({ ...settingsFile, ...own }, { ESTEIRA_ROLE: args[2] });
      assert.equal(config.auth, 'proxy');
      const stopMs = config.shutdownDelayMs + config.shutdownGraceMs + closingMs;
      assert.ok(terminationGracePeriodSeconds * 1_000 > stopMs, deployment.metadata.name);
      const port = config.role === 'api' ? config.port : config.healthPort;
      assert.deepEqual(
        containers[0].ports.map(({ containerPort }: Thing) => containerPort),
        [port],
      );
      assert.equal(config.role === 'api' ? config.host : config.healthHost, '0.0.0.0', 'probes come from the node');
    }
  });

  test('pods have no rights, write where they may, and are bounded', () => {
    assert.equal(named('Namespace', 'esteira').metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
    for (const { metadata, spec } of deployments) {
      const pod = spec.template.spec;
      const about = metadata.name;
      assert.equal(pod.automountServiceAccountToken, false, about);
      assert.equal(pod.enableServiceLinks, false, 'ESTEIRA_API_SERVICE_HOST is not a setting');
      assert.equal(pod.securityContext.runAsNonRoot, true, about);
      assert.ok(pod.securityContext.runAsUser > 0, about);
      assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault', about);
      assert.ok(pod.topologySpreadConstraints[0].labelSelector.matchLabels['app.kubernetes.io/component'], about);
      for (const container of pod.containers) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok(container.resources.requests.cpu && container.resources.limits.memory, about);
        for (const { name } of container.volumeMounts) {
          assert.ok(
            pod.volumes.some((volume: Thing) => volume.name === name),
            `${about}: ${name}`,
          );
        }
      }
      for (const { emptyDir } of pod.volumes) if (emptyDir) assert.ok(emptyDir.sizeLimit, about);
    }
  });

  test('secrets are asked for by keys that the example has, and read from files that are mounted', () => {
    const text = files.map((file) => readFileSync(join(dir, file), 'utf8')).join('\n');
    const asked = [...text.matchAll(/ key: ([A-Z_]+|htpasswd)$/gm)].map(([, key]) => key ?? '');
    assert.ok(asked.length >= 3);
    for (const key of asked) assert.ok(secretKeys.includes(key), key);
    for (const [name, path] of Object.entries(settingsFile).filter(([setting]) => setting.endsWith('_FILE'))) {
      assert.equal(path, `/run/secrets/esteira/${name.replace(/_FILE$/, '')}`);
      assert.ok(secretKeys.includes(name.replace(/_FILE$/, '')), name);
    }
    for (const deployment of deployments.filter((one) => componentOf(one) !== 'gate')) {
      const { volumes, containers } = deployment.spec.template.spec;
      const { name } = volumes.find(({ secret }: Thing) => secret?.secretName === 'esteira');
      const mount = containers[0].volumeMounts.find((one: Thing) => one.name === name);
      assert.equal(mount.mountPath, '/run/secrets/esteira');
    }
  });

  test('selectors find their pods, and ports are where they are looked for', () => {
    for (const { spec } of deployments) assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels);
    const podsOf = (component: string) => {
      const deployment = deployments.find((one) => componentOf(one) === component);
      assert.ok(deployment, component);
      return deployment.spec.template.spec.containers[0];
    };
    for (const { metadata, spec } of ofKind('Service')) {
      const { ports } = podsOf(spec.selector['app.kubernetes.io/component']);
      for (const { targetPort } of spec.ports) {
        assert.ok(
          ports.some(({ name }: Thing) => name === targetPort),
          metadata.name,
        );
      }
    }
    const { backend } = named('Ingress', 'esteira').spec.rules[0].http.paths[0];
    assert.equal(named('Service', backend.service.name).spec.ports[0].name, backend.service.port.name);
    for (const { spec } of ofKind('PodDisruptionBudget'))
      podsOf(spec.selector.matchLabels['app.kubernetes.io/component']);
    for (const kind of ['HorizontalPodAutoscaler', 'ScaledObject']) {
      const [{ spec }] = ofKind(kind);
      assert.ok(named('Deployment', spec.scaleTargetRef.name), kind);
    }
    for (const { metadata, spec } of ofKind('NetworkPolicy').filter((one) => one.spec.ingress)) {
      const { ports } = podsOf(spec.podSelector.matchLabels['app.kubernetes.io/component']);
      const open = spec.ingress.flatMap((rule: Thing) => rule.ports.map(({ port }: Thing) => port));
      assert.deepEqual(
        open,
        ports.map(({ containerPort }: Thing) => containerPort),
        metadata.name,
      );
    }
  });

  test('nothing is reached that is not said, and nothing inside from what others choose', () => {
    const { spec } = named('NetworkPolicy', 'esteira-default-deny');
    assert.deepEqual(
      [spec.podSelector, spec.policyTypes, spec.ingress, spec.egress],
      [{}, ['Ingress', 'Egress'], undefined, undefined],
    );
    const [{ to, ports }] = named('NetworkPolicy', 'esteira-internet').spec.egress;
    const { except } = to[0].ipBlock;
    for (const inside of [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '127.0.0.0/8',
      '100.64.0.0/10',
    ]) {
      assert.ok(except.includes(inside), inside);
    }
    assert.deepEqual(
      ports.map(({ port }: Thing) => port),
      [80, 443],
    );
  });

  test('probes and autoscalers ask for what is answered', async () => {
    const { paths } = (await openApiDocument()) as { paths: Record<string, Thing> };
    const probes = createProbeServer(createHealth([]), createMetrics());
    const address = await probes.listen({ host: '127.0.0.1', port: 0 });
    for (const deployment of deployments) {
      const [{ startupProbe, livenessProbe, readinessProbe, ports }] = deployment.spec.template.spec.containers;
      for (const probe of [startupProbe, livenessProbe, readinessProbe].filter(Boolean)) {
        const { port, path } = probe.httpGet ?? probe.tcpSocket;
        assert.ok(
          ports.some(({ name }: Thing) => name === port),
          deployment.metadata.name,
        );
        if (path === undefined) continue;
        if (componentOf(deployment) === 'api') assert.ok(path in paths, path);
        else assert.equal((await fetch(`${address}${path}`)).status, 200, path);
      }
    }
    await probes.close();
    const [{ spec }] = ofKind('ScaledObject');
    for (const { metadata, authenticationRef } of spec.triggers) {
      const url = new URL(metadata.url);
      const service = named('Service', url.hostname.split('.')[0] ?? '');
      assert.deepEqual([url.hostname.split('.')[1], Number(url.port)], [base.namespace, service.spec.ports[0].port]);
      const answer = paths[url.pathname]?.get.responses['200'].content['application/json'].schema;
      let schema = answer;
      for (const step of metadata.valueLocation.split('.')) schema = schema.properties[step];
      assert.match(String(schema.type), /^(number|integer)$/, metadata.valueLocation);
      assert.ok(named('TriggerAuthentication', authenticationRef.name));
      assert.equal(metadata.keyParamName.toLowerCase(), 'x-esteira-proxy-secret');
    }
  });

  test('the gate is the nginx that is tested with compose, but for where the API is and who came before', () => {
    const lines = (path: string) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'));
    const tested = lines(join(dir, '../compose/nginx/nginx.conf'));
    const gate = lines(join(dir, 'base/gate/nginx.conf.template'));
    assert.deepEqual(
      gate.filter((line) => !tested.includes(line)),
      [
        'server esteira-api:3000;',
        'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
        'proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;',
      ],
    );
    assert.deepEqual(
      tested.filter((line) => !gate.includes(line)),
      [
        'least_conn;',
        'server 172.30.77.11:3000 max_fails=3 fail_timeout=5s;',
        'server 172.30.77.12:3000 max_fails=3 fail_timeout=5s;',
        'include /etc/nginx/tls/*.conf;',
        'proxy_set_header X-Forwarded-For $remote_addr;',
        'proxy_set_header X-Forwarded-Proto $scheme;',
      ],
    );
    const { port } = named('Service', 'esteira-api').spec.ports[0];
    assert.ok(gate.includes(`server esteira-api:${port};`));
  });
});
