import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { satisfies } from 'semver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releases } from '../host/serverInstall.mjs';

const root = path.resolve(__dirname, '../..');
const { bundles, libraries } = createRequire(import.meta.url)('../../esbuild.js') as {
  readonly bundles: Readonly<Record<string, { readonly maxKb: number; readonly program?: true }>>;
  readonly libraries: Readonly<Record<string, string>>;
};

interface Package {
  readonly name: string;
  readonly engines?: { readonly node?: string };
}

interface Meta {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

describe('the built extension', () => {
  // `npm test` has just built these sources.
  const built = process.env['IOT_HUB_WORKBENCH_DIST'];
  let folder: string | undefined;
  let dist: string;
  const size = (file: string) => statSync(path.join(dist, file)).size;
  const inputsOf = (file: string) => {
    const meta = JSON.parse(readFileSync(path.join(dist, 'meta.json'), 'utf8')) as Meta;
    return Object.keys(meta.outputs[`dist/${file}`]?.inputs ?? {});
  };

  beforeAll(() => {
    if (built) {
      dist = built;
      return;
    }
    // Built in a separate folder, so that dist does not change during tests that run in parallel.
    folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-workbench-build-'));
    for (const name of ['src', 'esbuild.js', 'tsconfig.json', 'package.json']) {
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    execFileSync(process.execPath, ['esbuild.js', '--production'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    dist = path.join(folder, 'dist');
  });
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(bundles))('keeps %s.js below its size limit', (name, { maxKb }) => {
    expect(size(`${name}.js`)).toBeLessThan(maxKb * 1024);
  });

  it('contains each shared library in a single file', () => {
    for (const [name, library] of Object.entries(libraries)) {
      expect(inputsOf(`${name}.js`).some((file) => file.includes(`node_modules/${library}/`))).toBe(true);
      const others = Object.keys(bundles).filter((bundle) =>
        inputsOf(`${bundle}.js`).some((file) => file.includes(`node_modules/${library}/`)),
      );
      expect(others).toEqual([]);
    }
  });

  it('loads no Azure, MQTT or X.509 library on activation', () => {
    const libraries = inputsOf('extension.js')
      .filter((file) => file.includes('node_modules/'))
      .slice(0, 5);
    expect(libraries).toEqual([]);
  });

  it('loads the registry without the root module of azure-iothub', () => {
    expect(
      inputsOf('azureRegistry.js').filter((file) =>
        /azure-iothub\/(iothub|dist\/(client|digital))/.test(file),
      ),
    ).toEqual([]);
  });

  it('contains the X.509 libraries only in the worker program', () => {
    const libraries = inputsOf('certificateWorker.js').filter((file) => file.includes('node_modules/'));
    expect(libraries.some((file) => file.includes('/node-forge/'))).toBe(true);
    expect(libraries.filter((file) => /node-forge\/lib\/(index|tls|http|ssh)/.test(file))).toEqual([]);
    expect(inputsOf('extension.js').filter((file) => file.includes('core/x509/'))).toEqual([]);
  });

  it('loads its parts with require, because VS Code rejects native import()', () => {
    const text = readFileSync(path.join(dist, 'extension.js'), 'utf8');
    const loaded = Object.keys(bundles).filter((name) => text.includes(`require("./${name}.js")`));
    expect(loaded).toEqual(
      expect.arrayContaining(['azureRegistry', 'publishPanel', 'monitoring', 'createHub']),
    );
    expect(/[^.\w]import\(/.test(text)).toBe(false);
  });

  it('has a publish page below 250 KB including libraries, without code generated from text', () => {
    expect(size('webview/publish.js') + size('webview/publish.css')).toBeLessThan(250 * 1024);
    const text = readFileSync(path.join(dist, 'webview/publish.js'), 'utf8');
    expect(/\beval\(|new Function\(|[^.\w]Function\(/.test(text)).toBe(false);
  });

  it('has an events page below 190 KB including libraries, without code generated from text', () => {
    expect(size('webview/events.js') + size('webview/events.css')).toBeLessThan(190 * 1024);
    const text = readFileSync(path.join(dist, 'webview/events.js'), 'utf8');
    expect(/\beval\(|new Function\(|[^.\w]Function\(/.test(text)).toBe(false);
  });

  it('loads the publish panel and its libraries on first use', () => {
    expect(inputsOf('publishPanel.js').some((file) => file.includes('/cel-js/'))).toBe(true);
    expect(inputsOf('extension.js').filter((file) => file.includes('features/publish/lazy/'))).toEqual([]);
  });

  it('contains only packages that support the Node of the oldest supported VS Code', () => {
    /** Packages that ask for more; test/localHub/floor.test.ts runs them. */
    const tested = ['@marcbachmann/cel-js'];
    const meta = JSON.parse(readFileSync(path.join(dist, 'meta.json'), 'utf8')) as Meta;
    const folders = new Set(
      Object.entries(meta.outputs)
        .filter(([file]) => !file.includes('/webview/'))
        .flatMap(([, { inputs }]) => Object.keys(inputs))
        .flatMap((file) => /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
    );
    expect(folders.size).toBeGreaterThan(20);
    const tooNew = [...folders]
      .map((each) => JSON.parse(readFileSync(path.join(root, each, 'package.json'), 'utf8')) as Package)
      .filter(({ engines }) => engines?.node && !satisfies(releases.floor.node, engines.node))
      .map(({ name }) => name);
    expect(tooNew.sort()).toEqual(tested);
  });

  it('contains no source maps', () => {
    expect(readdirSync(dist).filter((file) => file.endsWith('.map'))).toEqual([]);
  });
});
