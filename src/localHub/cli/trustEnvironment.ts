import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

export interface TrustOptions {
  /** Certificate of the CA of the hub, PEM. */
  readonly caFile: string;
  /** The bundles are written here. */
  readonly folder: string;
  /** The environment that programs would have otherwise. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly warn: (text: string) => void;
  /** Bundles of the system, of which the first that exists is used. */
  readonly systemBundles?: readonly string[];
}

/** Debian and Alpine, Fedora, openSUSE, macOS and BSD. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

interface TrustVariable {
  readonly name: string;
  /** Other variables that have this effect if this one is not set. */
  readonly fallbacks?: readonly string[];
  /** Set it only if it is set already, since programs that do not use it connect to the hub. */
  readonly onlyIfSet?: boolean;
}

const variables: readonly TrustVariable[] = [
  // OpenSSL, with Python, .NET and Ruby.
  { name: 'SSL_CERT_FILE' },
  // Requests for Python, with az.
  { name: 'REQUESTS_CA_BUNDLE', fallbacks: ['CURL_CA_BUNDLE'] },
  { name: 'CURL_CA_BUNDLE', fallbacks: ['SSL_CERT_FILE'] },
  // Programs that use Git or pip may use the same proxy for the hub.
  { name: 'GIT_SSL_CAINFO', onlyIfSet: true },
  { name: 'PIP_CERT', onlyIfSet: true },
];

const certificate =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/**
 * Environment variables with which programs trust the hub in addition to what they trust otherwise: most variables replace
 * the trust of the system, so each has a bundle of both.
 */
export function trustEnvironment(options: TrustOptions): Record<string, string> {
  const bundles = new Bundles(options);
  const { environment } = options;
  const result: Record<string, string> = {};
  const node = bundles.join('NODE_EXTRA_CA_CERTS');
  // Node.js adds the file to its own certificates.
  result.NODE_EXTRA_CA_CERTS = node ?? options.caFile;
  for (const { name, fallbacks = [], onlyIfSet } of variables) {
    const set = [name, ...fallbacks].find((each) => environment[each]);
    if (onlyIfSet && set === undefined) continue;
    if (name === 'CURL_CA_BUNDLE' && !environment[name] && environment.SSL_CERT_DIR) {
      // With this folder curl does not read SSL_CERT_FILE, and without the folder it would not trust what is in it.
      result[name] = bundles.joinFolders(environment.SSL_CERT_DIR, result.SSL_CERT_FILE ?? options.caFile);
      continue;
    }
    result[name] = (set === undefined ? undefined : bundles.join(set)) ?? bundles.joinSystem();
  }
  return result;
}

/** Files of certificates with that of the hub, one for each source. */
class Bundles {
  private readonly written = new Map<string, string | undefined>();

  constructor(private readonly options: TrustOptions) {}

  /** @returns the file; `undefined` if the variable is not set, or its file has no certificates that can be read */
  join(variable: string): string | undefined {
    const source = this.options.environment[variable];
    if (!source) return undefined;
    if (!this.written.has(source)) this.written.set(source, this.joinSource(variable, source));
    return this.written.get(source);
  }

  joinSystem(): string {
    const known = this.written.get('');
    if (known !== undefined) return known;
    const { systemBundles: candidates = systemBundles } = this.options;
    const found = candidates.map(readSource).find(({ certificates }) => certificates.length > 0);
    const file = this.write(found?.certificates ?? tls.rootCertificates);
    this.written.set('', file);
    return file;
  }

  /** The certificates of a bundle and those in the folders of `SSL_CERT_DIR`. */
  joinFolders(folders: string, bundle: string): string {
    const inFolders = folders
      .split(path.delimiter)
      .filter((folder) => folder !== '')
      .flatMap((folder) => readSource(folder).certificates);
    const file = this.write([...readCertificates(bundle), ...inFolders]);
    this.written.set(folders, file);
    return file;
  }

  private joinSource(variable: string, source: string): string | undefined {
    const { certificates, problem } = readSource(source);
    if (certificates.length > 0) return this.write(certificates);
    this.options.warn(
      `${variable} is ignored: ${problem ?? `${source} contains no certificate in PEM format`}.`,
    );
    return undefined;
  }

  private write(certificates: readonly string[]): string {
    const { folder, caFile } = this.options;
    const file = path.join(folder, `ca-bundle-${this.written.size + 1}.pem`);
    // The hub first: some programs stop reading at a certificate that they do not understand.
    fs.writeFileSync(file, `${[...new Set([...readCertificates(caFile), ...certificates])].join('\n')}\n`);
    return file;
  }
}

function readSource(source: string): { readonly certificates: readonly string[]; readonly problem?: string } {
  try {
    return { certificates: readCertificates(source) };
  } catch (error) {
    return { certificates: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The certificates in a file, or in the files of a folder, which Requests accepts too. */
function readCertificates(source: string): readonly string[] {
  if (!fs.statSync(source).isDirectory()) return fs.readFileSync(source, 'latin1').match(certificate) ?? [];
  const files = fs
    .readdirSync(source)
    .map((name) => path.join(source, name))
    .filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
  // The names of a folder are hashes, often links to the same file.
  return [...new Set(files.flatMap(readCertificates))];
}
