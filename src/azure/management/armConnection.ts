import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { type PipelineRequest, type PipelineResponse, type TlsSettings } from '@azure/core-rest-pipeline';
import { type TokenSource } from '../../core/azure/accounts';
import { readCa } from '../trust';

/** One call of Azure Resource Manager as it ended; nothing here is secret. */
export interface ArmCall {
  readonly method: string;
  /** The path with names of what is there in place of ids, such as `/subscriptions/{subscription}/locations`. */
  readonly template: string;
  readonly apiVersion: string;
  /** Of HTTP; 0 when no answer came. */
  readonly status: number;
  readonly ms: number;
}

/** Who wants to know what is asked. */
export interface ArmWatch {
  onCall?(this: void, call: ArmCall): void;
  /** Azure asks to slow down, and the call goes on after so many seconds. @returns what is called when that is over */
  onThrottled?(this: void, seconds: number, call: ThrottledCall): (() => void) | undefined;
}

export interface ThrottledCall extends Pick<ArmCall, 'method' | 'template'> {
  readonly about: string;
}

/** Where Azure Resource Manager is, how it is trusted, and who signs. */
export interface ArmConnection extends ArmWatch {
  /** Whose calls these are, for who is told that they wait: `subscription "Plant"`. */
  readonly about: string;
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly tokens: TokenSource;
  readonly tls: TlsSettings | undefined;
}

/** Sockets are kept by this object; the pipeline hands it on to the agent as it is, which takes a ready context. */
type Trust = TlsSettings & { readonly secureContext: SecureContext };
const known = new Map<string, Trust>();

/** The authority of a file besides the usual ones: made once, since reading all of them takes a moment. */
export async function armTls(caFile: string | undefined): Promise<TlsSettings | undefined> {
  const ca = await readCa(caFile);
  if (ca === undefined) return undefined;
  const trust = known.get(ca) ?? { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
  known.set(ca, trust);
  return trust;
}

/** What stands in a path behind the name of a collection. */
const ids: Readonly<Record<string, string>> = {
  subscriptions: '{subscription}',
  resourcegroups: '{resourceGroup}',
  iothubs: '{hub}',
  iothubkeys: '{policy}',
  consumergroups: '{consumerGroup}',
  certificates: '{certificate}',
  operationresults: '{operation}',
  operations: '{operation}',
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

/** Seconds that an answer asks to wait. @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
export function retryAfter(
  { headers }: Pick<PipelineResponse, 'headers'>,
  now = Date.now(),
): number | undefined {
  const text = headers.get('Retry-After')?.trim();
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
