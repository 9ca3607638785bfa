import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const folder = fileURLToPath(new URL('..', import.meta.url));

// An installation of Argo CD, as far as the component has to do with it.
const SERVER = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-server
spec:
  template:
    spec:
      containers:
      - {name: argocd-server, image: argocd, volumeMounts: [{name: tmp, mountPath: /tmp}]}
      volumes:
      - {name: tmp, emptyDir: {}}
`;

/** What kustomize makes of that installation with the component: objects. */
function built() {
  // not below the component, which kustomize calls a cycle
  const installation = mkdtempSync(join(tmpdir(), 'argocd-'));
  try {
    writeFileSync(join(installation, 'server.yaml'), SERVER);
    writeFileSync(join(installation, 'kustomization.yaml'), `resources: [server.yaml]\ncomponents: [${relative(installation, folder)}]\n`);
    const kustomize = spawnSync('kubectl', ['kustomize', installation], { encoding: 'utf8' });
    assert.equal(kustomize.status, 0, kustomize.stderr);
    return parseAllDocuments(kustomize.stdout).map((each) => each.toJS());
  } finally {
    rmSync(installation, { recursive: true });
  }
}

const missing = spawnSync('kubectl', ['version', '--client']).status !== 0 && 'no kubectl on PATH';

it('the component adds the files of the extension to argocd-server, and takes nothing from it', { skip: missing }, () => {
  const objects = built();
  const [configMap, deployment] = ['ConfigMap', 'Deployment'].map((kind) => objects.find((each) => each.kind === kind));

  const files = readdirSync(folder).filter((name) => name.endsWith('.js')).sort();
  assert.deepEqual(Object.keys(configMap.data).sort(), files);
  files.forEach((name) => assert.equal(configMap.data[name], readFileSync(join(folder, name), 'utf8')));
  files.forEach((name) => assert.match(name, /^extension.*\.js$/, 'else Argo CD does not look at it'));

  const { containers, volumes } = deployment.spec.template.spec;
  assert.deepEqual(Object.fromEntries(containers[0].volumeMounts.map((mount) => [mount.name, mount.mountPath])), {
    'migrator-ui-extension': '/tmp/extensions/migrator',
    tmp: '/tmp',
  });
  assert.equal(containers[0].image, 'argocd');
  assert.equal(volumes.find((volume) => volume.name === 'migrator-ui-extension').configMap.name, configMap.metadata.name);
});
