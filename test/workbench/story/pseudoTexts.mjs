// The texts of the extension in the pseudo-locale, by their English text, and untranslated text that is allowed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { marked, withoutMarks } from '../../host/pseudoLocale.mjs';
import { root } from '../../host/paths.mjs';
import { escape } from '../../host/workbenchWindow.mjs';

const read = (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const texts = new Set(
  [read('package.nls.json'), read('l10n/bundle.l10n.json')]
    .flatMap((file) => Object.values(file))
    .map((text) => text.message ?? text),
);

/** A text of the extension in the pseudo-locale. @param {string} english */
export function t(english) {
  if (!texts.has(english)) throw new Error(`The extension has no text "${english}".`);
  return marked(english);
}

export const isText = (english) => texts.has(english);

/**
 * A pattern for a text on the screen with any values. It also matches the untranslated text, so that it is reported and
 * the story continues.
 * @param {string} english
 */
export function like(english) {
  t(english);
  const parts = english.split(/\{\w+\}/).map((part) => escape(part.replace(/\s+/g, ' ')));
  return new RegExp(parts.map((part) => (part === '' ? '' : `⟦?${part}⟧?`)).join('.*?'), 's');
}

/** VS Code's own texts, and why they appear among those of the extension. */
const vsCodeTexts = [
  [/^(?:Back|Cancel|OK)(?: \([\w+ -]+\))?$/, 'its buttons'],
  [/\(Press 'Enter' to confirm or 'Escape' to cancel\)/g, 'it appends this to a prompt'],
  [/^(?:Views and More Actions\.\.\.|Collapse All)$/, 'its actions in the title of a view'],
  [/^(?:Hide dot files|Folder path)$/, 'its file dialog'],
  [/^(?:The extension '[^']+' wants to sign in|Allow|Learn more)\b.*/s, 'its question before a sign-in'],
  [/\((?:(?:Ctrl|Alt|Shift)\+)+\w+\)$/, 'the key of a command'],
];

/**
 * Data inside texts, and why it is not translated. Devices, hubs and certificates in the stories have numeric names, which
 * need no entry here.
 */
const dataTexts = [
  [/\/[\w.+-]+(?:\/[\w.+-]+)+/g, 'paths of files'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'times in ISO 8601'],
  [/\b\d+:\d\d:\d\d\s[AP]M\b/g, 'times: no language has the name of the pseudo-locale, so they are English'],
  [
    /device:boiler-\* {1,3}type:\*json {1,3}alert=true {1,3}\$\.temperature>20 {1,3}"any text" {1,3}!device:test-\*/g,
    'syntax of a filter',
  ],
  [/\b(?:HostName|SharedAccessKey|SharedAccessKeyName)\b/g, 'syntax of a connection string'],
  [/\bCN=\d+/g, 'subjects of certificates'],
  [/\b[0-9A-F]{40,}\b/g, 'thumbprints, serial numbers and codes'],
  [/\b(?:EC P-\d+|RSA \d+|SHA-\d+|PEM|PKCS#12 \(\.p12\))/g, 'names of algorithms and formats'],
  [/(?:\b\d+)?\.(?:d2c\.json|jsonl|sqlite|csv|pem|key|md|txt)\b/g, 'names of files'],
  [/\b(?:sh|PowerShell)\b/g, 'names of programs'],
  [/\b(?:thermostat-1|iot-test|contoso-thermostats)\b/g, 'examples of names'],
  [/\$Default\b|\b(?:iothubowner|service|device|registryRead(?:Write)?|local-hub)\b/g, 'names in Azure'],
  [/\b(?:Registry(?:Read|Write)|(?:Service|Device)Connect)\b/g, 'permissions, by their names in Azure'],
  [/\b(?:IoT Hub (?:Data|Twin|Registry) )?(?:Contributor|Reader)\b/g, 'roles, by their names in Azure'],
  [
    /\b[FSB][123]\b|\b(?:(?:(?:North|East|West|No Capacity) )?Local(?! (?:Hub|Cloud)\b)|eastlocal|local)\b/g,
    'tiers and regions, by their names in Azure',
  ],
  [/^IoT Hub$/g, 'the name of the service, as the heading of its policies'],
  [/^\s*Local Hub\s*$|^Local Hub\s+[0-]{36}/g, 'the name of the subscription'],
  [/\bIoT Hub Workbench\b/g, 'the name of the extension'],
  [/\b(?:Local Cloud|ann@localhost|localhost)\b/g, 'the cloud and the account of the test'],
];

/** The untranslated part of a text; empty if all of it is translated. @param {string} text */
export function untranslated(text) {
  const { rest, depth } = withoutMarks(text, 0);
  if (depth !== 0) return text;
  const left = [...vsCodeTexts, ...dataTexts].reduce(
    (shorter, [pattern]) => shorter.replace(pattern, ' '),
    rest,
  );
  return /\p{L}/u.test(left) ? left.replace(/\s+/g, ' ').trim() : '';
}
