import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: readonly string[] | string };
}

const root = path.resolve(__dirname, '../..');
const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
const { forbidden } = createRequire(__filename)('../config/layers.cjs') as {
  readonly forbidden: readonly Rule[];
};

/** From the rules: each layer with the layers it may import. */
const rules = new Map(
  forbidden
    .filter(({ name }) => name.includes('-imports-only-'))
    .map(({ from, to }) => {
      const layer = /^\^src\/(\w+)\/$/.exec(from.path ?? '')?.[1] ?? '';
      const known = [to.pathNot ?? []].flat().map((pattern) => /^\^src\/(\w+)/.exec(pattern)?.[1] ?? '');
      return [layer, known.filter((name) => name !== layer)] as const;
    }),
);

/** The same from the table, without Node's modules, which another rule covers. */
const [, table = ''] = /<!-- layers -->(.*)<!-- \/layers -->/s.exec(text) ?? [];
const documented = new Map(
  table.split('\n').flatMap((line) => {
    const [, folder = '', , imports = ''] = line.split('|').map((cell) => cell.trim());
    const layer = /^`src\/(\w+)\/`$/.exec(folder)?.[1];
    const names = [...imports.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    return layer === undefined ? [] : [[layer, names] as const];
  }),
);

describe('CONTRIBUTING.md', () => {
  it('documents the allowed imports of each layer as in the rules', () => {
    expect(rules.size).toBeGreaterThan(8);
    const sorted = (layers: ReadonlyMap<string, readonly string[]>) =>
      Object.fromEntries([...layers].map(([layer, names]) => [layer, [...names].sort()]));
    expect(sorted(documented)).toEqual(sorted(rules));
  });

  it('refers only to existing files and folders', () => {
    const named = [...text.matchAll(/`((?:src|test|docs)\/[\w./]+)`/g)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(15);
    for (const file of named) expect(existsSync(path.join(root, file)), file).toBe(true);
  });

  it('refers only to existing npm scripts', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(script);
  });

  it('refers only to existing launch configurations', () => {
    const launch = readFileSync(path.join(root, '.vscode/launch.json'), 'utf8');
    for (const name of ['Run Extension', 'Extension Tests', 'Local Hub', 'Extension and Local Hub']) {
      expect(text).toContain(`**${name}**`);
      expect(launch).toContain(`"name": "${name}"`);
    }
  });
});
