// What the objects of the rendered chart must have in common with the processes and with each other.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';

const topology = JSON.parse(readFileSync(join(root, 'deploy/helm/customer-platform/topology.json'), 'utf8'));
const COMPONENT = 'app.kubernetes.io/component';
const secretsFolder = '/run/secrets/';

/** @returns the faults of the rendered objects, each as a text */
export function faultsOf(objects) {
  const ofKind = (kind) => objects.filter((object) => object.kind === kind);
  const services = ofKind('Service');
  const pods = [...ofKind('Deployment'), ...ofKind('Job')];
  const deployed = ofKind('Deployment').map(component).sort();
  return [
    ...(String(deployed) === String(Object.keys(topology).sort()) ? [] : [`there are Deployments of ${deployed}`]),
    ...pods.flatMap((object) => faultsOfPod(object.metadata.name, object.spec.template.spec, services)),
    ...ofKind('Deployment').flatMap((object) =>
      faultsOfSelection(object, [...services, ...ofKind('PodDisruptionBudget')]),
    ),
    ...ofKind('Job').flatMap((object) =>
      selectedBy(object, services).map(({ metadata }) => `${metadata.name} selects ${object.metadata.name}`),
    ),
    ...ofKind('NetworkPolicy').flatMap(faultsOfPolicy),
  ];
}

function component(object) {
  return (object.spec.template ?? object).metadata.labels[COMPONENT];
}

function faultsOfPod(name, { containers: [container], volumes }, services) {
  const known = settingsOf(container.name);
  const env = container.env.map(({ name: setting, value }) => [setting, value]);
  const files = filesOf(container.volumeMounts, volumes);
  const faults = env.flatMap(([setting, value]) => {
    if (!known.has(setting.replace(/_FILE$/, ''))) return [`${setting} is no setting of ${container.name}`];
    if (value.startsWith(secretsFolder) && !files(value)) return [`${setting}: nothing is mounted at ${value}`];
    return setting.endsWith('_ADDRESS') && !services.some((service) => isAt(service, value))
      ? [`${setting}: no service is at ${value}`]
      : [];
  });
  return faults.map((fault) => `${name}: ${fault}`);
}

/** Whether a path will be a file: its folder is a volume, which has such a key if it lists its keys. */
function filesOf(mounts, volumes) {
  return (path) => {
    const mount = mounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
    const volume = volumes.find(({ name }) => name === mount?.name);
    const listed = volume?.projected?.sources.flatMap(({ secret }) => secret.items.map((item) => item.path));
    return volume !== undefined && (listed?.includes(path.slice(mount.mountPath.length + 1)) ?? true);
  };
}

function isAt({ metadata, spec }, address) {
  return spec.ports.some(({ port }) => `${metadata.name}:${port}` === address);
}

function faultsOfSelection(object, selecting) {
  const kinds = selectedBy(object, selecting).map(({ kind }) => kind);
  return ['PodDisruptionBudget', 'Service'].every((kind) => kinds.filter((each) => each === kind).length === 1)
    ? []
    : [`${object.metadata.name} is selected by ${kinds}`];
}

function selectedBy({ spec }, selecting) {
  return selecting.filter((each) =>
    Object.entries(each.spec.selector.matchLabels ?? each.spec.selector).every(
      ([label, value]) => spec.template.metadata.labels[label] === value,
    ),
  );
}

/** A policy lets in those who call the process, and out to those whom it calls. */
function faultsOfPolicy({ metadata, spec }) {
  const name = spec.podSelector.matchLabels[COMPONENT];
  const peers = (rules = [], side) =>
    rules
      .flatMap((rule) => (rule[side] ?? []).map(({ podSelector }) => podSelector?.matchLabels[COMPONENT]))
      .filter(Boolean);
  const calls = topology[name]?.calls ?? [];
  const callers = Object.keys(topology).filter((each) => topology[each].calls.includes(name));
  const faults = [
    ['lets in', peers(spec.ingress, 'from'), callers],
    ['lets out to', peers(spec.egress, 'to'), calls],
  ].filter(([, found, wanted]) => String([...found].sort()) !== String([...wanted].sort()));
  return faults.map(([what, found]) => `${metadata.name} ${what} ${found}`);
}

const settings = new Map();

/** The settings that --help of a process lists. */
function settingsOf(name) {
  const known = settings.get(name) ?? new Set(readHelp(name));
  settings.set(name, known);
  return known;
}

function readHelp(name) {
  const { stdout } = spawnSync(process.execPath, [join(root, `apps/${name}/dist/main.js`), '--help'], {
    encoding: 'utf8',
  });
  return [...stdout.matchAll(/^ {2}([A-Z][A-Z0-9_]+) /gm)].map(([, setting]) => setting);
}
