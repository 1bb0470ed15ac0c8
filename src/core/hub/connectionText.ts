import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';

/** Start of a part that occurs in connection strings of Azure, or of this extension. */
const partName =
  /(?<![\w.-])(?:HostName|GatewayHostName|SharedAccess(?:KeyName|Key|Signature)|DeviceId|ModuleId|x509|Endpoint|EntityPath|UseDevelopmentEmulator|DefaultEndpointsProtocol|BlobEndpoint|Account(?:Name|Key)|Global(?:Device)?Endpoint|(?:Id)?Scope(?:Id)?|(?:Mqtt|Https|Amqp)Port|CaFile|Arm(?:Endpoint|ResourceId|TokenFile))[^\S\n]*=/i;
/** A line of an environment file, a script, YAML or JSON. The last line of a key in Base64 is none. */
const statement = /^\s*(?:[#}\]]|(?:export|set|setx|declare)\s|\$env:|["'\w.-]+\s*[:=]\s*[^\s=;])/i;
/** In one text; more are not looked for. */
const maxFound = 10;
/** The secret that a connection string ends with, except for their order. */
const hasSecret = /(?:SharedAccessKey|AccountKey|SharedAccessSignature|x509)[^\S\n]*=[^\S\n]*\S/i;
/** Closing quotation marks by their opening ones. */
const quotes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '\u2018': '\u2019',
  '\u201a': '\u2018',
  '\u201c': '\u201d',
  '\u201d': '\u201d',
  '\u201e': '\u201c',
  '\u00ab': '\u00bb',
};

/**
 * The connection string in a text as people copy it: the JSON of `az`, a line of an environment file, a script or YAML,
 * in any quotes, with line breaks in it. A text without a connection string is returned as it is.
 * @throws IotError for several connection strings
 */
export function connectionStringIn(text: string): string {
  const clean = text
    .replace(/\p{Cf}/gu, '')
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\(?=["'])/g, '')
    .replace(/\r\n?|\\n/g, '\n')
    .trim();
  const found: string[] = [];
  for (let rest = clean; found.length < maxFound;) {
    const next = firstIn(rest);
    if (!next) break;
    found.push(next.text);
    rest = rest.slice(next.end);
  }
  const [first = clean] = found;
  if (found.some((other) => other !== first)) {
    throw new IotError(
      'invalidInput',
      l10n.t('The text contains several connection strings. Enter one of them.'),
    );
  }
  return first;
}

function firstIn(text: string): { readonly text: string; readonly end: number } | undefined {
  const start = text.search(partName);
  if (start < 0) return undefined;
  const lead = text.slice(0, start);
  // Parts with unknown names may precede it.
  const from = lead.trimEnd().endsWith(';') ? lastQuoteIn(lead) + 1 : start;
  const before = text.slice(0, from);
  const open = [...before].findLast((sign) => sign in quotes);
  const close = open === undefined ? undefined : quotes[open];
  const closed = close === undefined ? -1 : text.indexOf(close, from);
  const end = closed < 0 ? endOfLines(text, from) : closed;
  const lines = text.slice(from, end).split('\n');
  const content = lines.map((line) => line.trim()).join('');
  return { text: withoutEnd(content, before === '' ? marks : `${marks}, ;}]`), end };
}

const lastQuoteIn = (text: string): number =>
  [...text].reduce((last, sign, at) => (sign in quotes || sign === '\n' ? at : last), -1);

/** Without quotes: the lines up to one that begins with something else. */
function endOfLines(text: string, from: number): number {
  let end = from;
  let isWhole = false;
  let hasHost = false;
  for (const line of text.slice(from).split('\n')) {
    const name = partName.exec(line);
    const startsHere = name !== null && line.slice(0, name.index).trim() === '';
    if (isWhole && !startsHere && statement.test(line)) break;
    if (hasHost && /^\s*(?:HostName|Endpoint)\s*=/i.test(line)) break;
    isWhole ||= hasSecret.test(line);
    hasHost ||= /(?:HostName|Endpoint)\s*=/i.test(line);
    end += line.length + 1;
  }
  return Math.min(end, text.length);
}

const marks = Object.values(quotes).join('');

function withoutEnd(text: string, signs: string): string {
  let end = text.length;
  while (end > 0 && signs.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The parts of a connection string by their names in lower case. @throws IotError if they are of something else */
export function connectionParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const content = connectionStringIn(text);
  for (const piece of content.split(';')) {
    const at = piece.indexOf('=');
    if (at > 0) parts.set(piece.slice(0, at).trim().toLowerCase(), piece.slice(at + 1).trim());
  }
  const key = parts.get('sharedaccesskey');
  if (key !== undefined) parts.set('sharedaccesskey', wholeKey(key));
  const other = otherService(content, parts);
  if (other !== undefined) throw new IotError('invalidInput', other);
  return parts;
}

/** A key that a line break was in, or that is followed by other text. */
function wholeKey(key: string): string {
  const joined = key.replace(/\s+/g, '');
  if (joined === key || isBase64(joined)) return joined;
  const [first = ''] = key.split(/\s/);
  if (!isBase64(first) || first.length < 24) return key;
  throw new IotError(
    'invalidInput',
    l10n.t('There is other text after SharedAccessKey=…. Enter only the connection string.'),
  );
}

/** What a text is that belongs to another service, or is only part of a connection string. */
function otherService(text: string, parts: ReadonlyMap<string, string>): string | undefined {
  const host = parts.get('hostname') ?? '';
  if (
    /\.azure-devices-provisioning\.\w+(?![^:;/])/i.test(host) ||
    ['globalendpoint', 'globaldeviceendpoint', 'idscope', 'scopeid'].some((name) => parts.has(name)) ||
    /^(?:0n[ec][\da-f]{8}|[\w.-]+\.azure-devices-provisioning\.\w+)$/i.test(text)
  ) {
    return l10n.t(
      'This belongs to a Device Provisioning Service, which assigns devices to hubs. Use the connection string of the IoT hub.',
    );
  }
  if (
    /\.azureiotcentral\.com$/i.test(host) ||
    /^(?:https:\/\/)?[\w.-]+\.azureiotcentral\.com\/?$/i.test(text)
  ) {
    return l10n.t(
      'This belongs to IoT Central, whose hubs cannot be accessed. Use the connection string of an IoT hub.',
    );
  }
  if (
    ['accountkey', 'accountname', 'defaultendpointsprotocol', 'blobendpoint'].some((name) => parts.has(name))
  ) {
    return l10n.t(
      'This is a connection string of a storage account. Use the connection string of the IoT hub.',
    );
  }
  if (/^SharedAccessSignature\s/i.test(text)) {
    return l10n.t('This is a SAS token. Use a connection string, which starts with HostName=….');
  }
  if (/^[\w.-]+\.azure-devices\.(?:net|us|cn)$/i.test(text)) {
    return l10n.t(
      'This is only the host name of a hub. Use the connection string of a shared access policy, which starts with HostName=….',
    );
  }
  if (text.length >= 24 && isBase64(text)) {
    return l10n.t('This is only a key. Use the connection string, which starts with HostName=….');
  }
  return undefined;
}

export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** @throws IotError if the part is missing or empty */
export function requiredPart(parts: ReadonlyMap<string, string>, name: string): string {
  const value = parts.get(name.toLowerCase());
  if (!value) throw new IotError('invalidInput', l10n.t('The connection string is missing {0}=….', name));
  return value;
}
