/** deploy/kubernetes: the manifests fit each other and the configuration, and notifierd accepts that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../src/core/config/config.ts';
import { loadConfig } from '../../src/core/config/load.ts';
import { BUILT_IN_PLUGINS, createPluginLoader } from '../../src/core/plugin/load.ts';
import { createCertificates } from '../support/postgres/certificates.ts';
import { createTempDir } from '../support/temp-dir.ts';
import {
  type DeploymentSpec,
  FOLDER,
  fileNames,
  type Kustomization,
  type Labels,
  type Manifest,
  parsed,
  type Selector,
  textOf,
} from './kubernetes-manifests.ts';

const ROOT = new URL('../../', import.meta.url);
const CONFIG = 'notifierd.yaml';
const KINDS: Readonly<Record<string, string>> = {
  'deployment.yaml': 'apps/v1 Deployment',
  'poddisruptionbudget.yaml': 'policy/v1 PodDisruptionBudget',
  'service.yaml': 'v1 Service',
  'secrets.example.yaml': 'v1 Secret',
  'networkpolicy.example.yaml': 'networking.k8s.io/v1 NetworkPolicy',
};
/** What notifierd may take beside `delivery.shutdown_grace`: for requests, and for an outbox that answers slowly. */
const OTHER_STEPS_S = 5 + 10;

const kustomization = parsed<Kustomization>('kustomization.yaml');
const { spec } = parsed<Manifest<DeploymentSpec>>('deployment.yaml');
const pod = spec.template.spec;
const labels = spec.template.metadata.labels;
const container = pod.containers[0] ?? assert.fail('the Pod has no container');
const secret = parsed<Manifest & { readonly stringData: Labels }>('secrets.example.yaml');

test('the kustomization applies every manifest that is no example', () => {
  const [generator] = kustomization.configMapGenerator;
  assert.deepEqual(generator?.files, [CONFIG]);
  const examples = fileNames().filter((name) => name.includes('.example.'));
  const applied = [...kustomization.resources, ...(generator?.files ?? []), 'kustomization.yaml'];
  assert.deepEqual([...applied, ...examples].sort(), fileNames());
});

for (const [name, kind] of Object.entries(KINDS)) {
  test(`${name} holds the ${kind}, of any namespace`, () => {
    const manifest = parsed<Manifest>(name);
    assert.equal(`${manifest.apiVersion} ${manifest.kind}`, kind);
    assert.deepEqual([manifest.metadata.name, manifest.metadata.namespace], ['notifierd', undefined]);
  });
}

test('every selector finds the replicas', () => {
  const service = parsed<Manifest<{ readonly selector: Labels }>>('service.yaml');
  const budget = parsed<Manifest<{ readonly selector: Selector }>>('poddisruptionbudget.yaml');
  const policy = parsed<Manifest<{ readonly podSelector: Selector }>>('networkpolicy.example.yaml');
  const selectors = [
    spec.selector,
    budget.spec.selector,
    policy.spec.podSelector,
    ...pod.topologySpreadConstraints.map(({ labelSelector }) => labelSelector),
  ];
  assert.equal(selectors.length, 5);
  for (const chosen of [...selectors.map(({ matchLabels }) => matchLabels), service.spec.selector])
    assert.deepEqual(chosen, labels);
});

test('a drained node and a rollout leave a replica that may fail', () => {
  const { minAvailable } =
    parsed<Manifest<{ readonly minAvailable: number }>>('poddisruptionbudget.yaml').spec;
  assert.ok(minAvailable >= 2 && minAvailable < spec.replicas);
  assert.ok(spec.replicas - spec.strategy.rollingUpdate.maxUnavailable >= 2);
});

test('all ports are the one that notifierd listens on, by its name', async (t) => {
  const { http } = await loadWithSecrets(t);
  const [port] = container.ports;
  assert.deepEqual(container.ports, [{ name: 'http', containerPort: http.port }]);
  const service =
    parsed<Manifest<{ readonly ports: readonly { readonly targetPort: string }[] }>>('service.yaml');
  const { readinessProbe, startupProbe, livenessProbe } = container;
  const named = [readinessProbe, startupProbe, livenessProbe].map(({ httpGet }) => httpGet.port);
  for (const name of [...named, ...service.spec.ports.map(({ targetPort }) => targetPort)])
    assert.equal(name, port?.name);
  assert.equal(spec.template.metadata.annotations['prometheus.io/port'], String(http.port));
});

test('the probes ask paths that there are', () => {
  const paths = [container.readinessProbe, container.startupProbe, container.livenessProbe];
  assert.deepEqual(
    paths.map(({ httpGet }) => httpGet.path),
    ['/-/ready', '/-/ready', '/-/healthy'],
  );
});

test('what is mounted is where the arguments and the configuration look for it', () => {
  const [configMap, secrets] = pod.volumes;
  assert.equal(configMap?.configMap?.name, kustomization.configMapGenerator[0]?.name);
  assert.equal(secrets?.secret?.secretName, secret.metadata.name);
  const mounted = new Map(container.volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
  const given = container.args[container.args.indexOf('--config') + 1];
  assert.equal(given, posix.join(mounted.get(configMap?.name ?? '') ?? '', CONFIG));
  const folder = mounted.get(secrets?.name ?? '') ?? '';
  assert.deepEqual(
    secretFiles().map(posix.dirname),
    secretFiles().map(() => folder),
  );
});

test('the example of the Secret has every file that the configuration names, and no other', () => {
  assert.deepEqual(
    secretFiles().map((file) => posix.basename(file)),
    Object.keys(secret.stringData).sort(),
  );
});

test('there is time to stop in before Kubernetes kills', async (t) => {
  const { delivery } = await loadWithSecrets(t);
  const preStop = Number(container.lifecycle.preStop.exec.command[1]);
  const needed = preStop + delivery.shutdownGraceMs / 1000 + OTHER_STEPS_S;
  assert.ok(pod.terminationGracePeriodSeconds >= needed, `expected at least ${needed}`);
});

test('notifierd accepts the configuration: a PostgreSQL whose name is verified', async (t) => {
  const { outbox, warnings } = await loadWithSecrets(t);
  assert.deepEqual(warnings, []);
  assert.ok(outbox.store.engine === 'postgres');
  assert.equal(outbox.store.tls?.verify, 'full');
  assert.equal(outbox.store.password, secret.stringData['outbox-password']);
});

test('the image is that of this version', () => {
  // Our own file.
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    readonly version: string;
  };
  const [image] = kustomization.images;
  assert.deepEqual([image?.name, image?.newTag], [container.image, version]);
});

const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
test('kubectl takes the kustomization', { skip: !hasKubectl && 'kubectl is not installed' }, () => {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', FOLDER], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /configMap:\n\s+name: notifierd-\w+/);
});

/** The paths of all secret and certificate files that the configuration names. */
function secretFiles(): readonly string[] {
  const named = textOf(CONFIG).matchAll(/(?:_file: |sslrootcert=)(\/[^\s"&]+)/g);
  return [...named].map(([, file = '']) => file).sort();
}

/** As it stands, the example holds words: notifierd would refuse them in place of tokens. */
function filledIn(name: string, content: string): string {
  return /-(?:token|secret)$/.test(name) ? content.replace(/[^a-zA-Z]/g, '') : content;
}

/** The configuration, with the files of the example Secret, filled in, in a folder of this machine. */
async function loadWithSecrets(t: TestContext): Promise<Config> {
  const { path: directory, remove } = createTempDir();
  t.after(remove);
  let text = textOf(CONFIG);
  for (const [name, content] of Object.entries({
    ...secret.stringData,
    'postgres-ca.pem': createCertificates().caPem,
  })) {
    mkdirSync(join(directory, 'secrets'), { recursive: true });
    writeFileSync(join(directory, 'secrets', name), filledIn(name, content));
  }
  for (const file of secretFiles())
    text = text.replaceAll(file, join(directory, 'secrets', posix.basename(file)));
  writeFileSync(join(directory, CONFIG), text);
  const { find } = createPluginLoader({ pluginsDir: BUILT_IN_PLUGINS });
  return await loadConfig(CONFIG, { env: {}, findPlugin: find, directory });
}
