import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { type PipelineRequest, type PipelineResponse, type TlsSettings } from '@azure/core-rest-pipeline';
import { type TokenSource } from '../../core/azure/accounts';
import { readCa } from '../trust';

/** One completed call of Azure Resource Manager; nothing here is secret. */
export interface ArmCall {
  readonly method: string;
  /** The path with placeholders for ids, such as `/subscriptions/{subscription}/locations`. */
  readonly template: string;
  readonly apiVersion: string;
  /** HTTP status; 0 when there was no response. */
  readonly status: number;
  readonly ms: number;
}

/** Observes the calls. */
export interface ArmWatch {
  onCall?(this: void, call: ArmCall): void;
  /** Azure throttles, and the call continues after this many seconds. @returns what is called when the wait is over */
  onThrottled?(this: void, seconds: number, call: ThrottledCall): (() => void) | undefined;
}

export interface ThrottledCall extends Pick<ArmCall, 'method' | 'template'> {
  readonly about: string;
}

/** Where Azure Resource Manager is, which CA it uses, and who signs. */
export interface ArmConnection extends ArmWatch {
  /** What the calls are about, shown while they wait: `subscription "Plant"`. */
  readonly about: string;
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly tokens: TokenSource;
  readonly tls: TlsSettings | undefined;
}

/** Sockets are kept by this object; the pipeline passes it to the agent as it is, which accepts a ready context. */
type Trust = TlsSettings & { readonly secureContext: SecureContext };
const known = new Map<string, Trust>();

/** The CA of a file in addition to the default ones: created once, since reading all of them takes a moment. */
export async function armTls(caFile: string | undefined): Promise<TlsSettings | undefined> {
  const ca = await readCa(caFile);
  if (ca === undefined) return undefined;
  const trust = known.get(ca) ?? { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
  known.set(ca, trust);
  return trust;
}

/** The placeholder for a path segment after the name of a collection. */
const ids: Readonly<Record<string, string>> = {
  subscriptions: '{subscription}',
  resourcegroups: '{resourceGroup}',
  iothubs: '{hub}',
  iothubkeys: '{policy}',
  consumergroups: '{consumerGroup}',
  certificates: '{certificate}',
  operationresults: '{operation}',
  operations: '{operation}',
  locations: '{location}',
};

export function templateOf(path: string): string {
  const parts = path.split('/');
  return parts
    .map((part, index) => (part === '' ? part : (ids[parts[index - 1]?.toLowerCase() ?? ''] ?? part)))
    .join('/');
}

export function callOf(request: PipelineRequest): Pick<ArmCall, 'method' | 'template' | 'apiVersion'> {
  const { pathname, searchParams } = new URL(request.url);
  return {
    method: request.method,
    template: templateOf(pathname),
    apiVersion: searchParams.get('api-version') ?? '',
  };
}

/** Seconds that a response asks to wait. @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
export function retryAfter(
  { headers }: Pick<PipelineResponse, 'headers'>,
  now = Date.now(),
): number | undefined {
  const text = headers.get('Retry-After')?.trim();
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
