import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '../..');
const parts = [
  'azureRegistry.js',
  'azureEvents.js',
  'azureMqtt.js',
  'azureManagement.js',
  'azureCommands.js',
  'certificateCommands.js',
  'publishPanel.js',
  'monitoring.js',
];

interface Meta {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

describe('The built extension', () => {
  let folder: string;
  let dist: string;
  const size = (file: string) => statSync(path.join(dist, file)).size;
  const inputsOf = (file: string) => {
    const meta = JSON.parse(readFileSync(path.join(dist, 'meta.json'), 'utf8')) as Meta;
    return Object.keys(meta.outputs[`dist/${file}`]?.inputs ?? {});
  };

  beforeAll(() => {
    // Built in a folder of its own, so that nobody's dist changes under a test that runs beside this one.
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
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is below 200 KB where VS Code reads it at activation', () => {
    expect(size('extension.js')).toBeLessThan(200 * 1024);
  });

  it('has no library of Azure, MQTT or X.509 on the activation path', () => {
    const libraries = inputsOf('extension.js')
      .filter((file) => file.includes('node_modules/'))
      .slice(0, 5);
    expect(libraries).toEqual([]);
  });

  it('has each of them in a file of its own, and the registry without the root of azure-iothub', () => {
    for (const part of parts) expect(existsSync(path.join(dist, part))).toBe(true);
    expect(
      inputsOf('azureRegistry.js').filter((file) =>
        /azure-iothub\/(iothub|dist\/(client|digital))/.test(file),
      ),
    ).toEqual([]);
    expect(size('azureRegistry.js')).toBeLessThan(200 * 1024);
  });

  it('has the X.509 libraries in the program of the worker threads alone', () => {
    const libraries = inputsOf('certificateWorker.js').filter((file) => file.includes('node_modules/'));
    expect(libraries.some((file) => file.includes('/node-forge/'))).toBe(true);
    expect(libraries.filter((file) => /node-forge\/lib\/(index|tls|http|ssh)/.test(file))).toEqual([]);
    expect(inputsOf('extension.js').filter((file) => file.includes('core/x509/'))).toEqual([]);
    expect(size('certificateWorker.js')).toBeLessThan(500 * 1024);
  });

  it('loads its parts by require, since VS Code refuses a native import()', () => {
    const text = readFileSync(path.join(dist, 'extension.js'), 'utf8');
    expect(parts.filter((part) => !text.includes(`require("./${part}")`))).toEqual([]);
    expect(/[^.\w]import\(/.test(text)).toBe(false);
  });

  it('has a publish page below 250 KB with its libraries, and no code in it that is made of text', () => {
    expect(size('webview/publish.js') + size('webview/publish.css')).toBeLessThan(250 * 1024);
    const text = readFileSync(path.join(dist, 'webview/publish.js'), 'utf8');
    expect(/\beval\(|new Function\(|[^.\w]Function\(/.test(text)).toBe(false);
  });

  it('has an events page below 190 KB with its libraries, and no code in it that is made of text', () => {
    expect(size('webview/events.js') + size('webview/events.css')).toBeLessThan(190 * 1024);
    const text = readFileSync(path.join(dist, 'webview/events.js'), 'utf8');
    expect(/\beval\(|new Function\(|[^.\w]Function\(/.test(text)).toBe(false);
  });

  it('has the publish panel and its libraries in a part that loads on first use', () => {
    expect(inputsOf('publishPanel.js').some((file) => file.includes('/cel-js/'))).toBe(true);
    expect(inputsOf('extension.js').filter((file) => file.includes('features/publish/panel/'))).toEqual([]);
    expect(size('publishPanel.js')).toBeLessThan(300 * 1024);
  });

  it('has no source maps', () => {
    expect(readdirSync(dist).filter((file) => file.endsWith('.map'))).toEqual([]);
  });
});
