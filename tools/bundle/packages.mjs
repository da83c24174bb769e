import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';

/**
 * The third-party packages whose code or files a bundle contains.
 * @param {string[]} files the files of a bundle, as paths from the repository's root
 * @returns {{name: string, version: string, license: string, folder: string}[]} sorted
 */
export function foreignPackages(files) {
  const folders = new Set();
  for (const file of files) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const found = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    if (typeof license !== 'string') throw new Error(`${folder} names no licence`);
    return { name, version, license, folder };
  });
  return found.sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`, 'en'));
}

/** The licences of all packages, each with its text if the package contains it. */
export function licensesOf(packages) {
  return (
    packages
      .map(({ name, version, license, folder }) =>
        [`${name} ${version} (${license})`, ...textsIn(join(root, folder))].join('\n\n'),
      )
      .join(`\n\n${'-'.repeat(80)}\n\n`) + '\n'
  );
}

function textsIn(folder) {
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
        .sort()
    : [];
  return names.map((name) => readFileSync(join(folder, name), 'utf8').trim());
}

/** A CycloneDX 1.6 list. It has no time and no serial number, so that the same bundle gives the same list. */
export function sbomOf(name, version, packages) {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name, version, licenses: [{ license: { id: 'Apache-2.0' } }] } },
    components: packages.map((each) => ({
      type: 'library',
      'bom-ref': `pkg:npm/${purlName(each.name)}@${each.version}`,
      name: each.name,
      version: each.version,
      purl: `pkg:npm/${purlName(each.name)}@${each.version}`,
      licenses: [
        / (OR|AND|WITH) /.test(each.license) ? { expression: each.license } : { license: { id: each.license } },
      ],
    })),
  };
}

const purlName = (name) => name.replace('@', '%40');
