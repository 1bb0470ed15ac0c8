import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { connectionParts, connectionStringIn, isBase64, requiredPart } from './connectionText';
import { type HubConnection } from './hubConnection';

/** An Event Hubs-compatible endpoint alone. Holds a secret: ask for it per call, never keep it in a node or state. */
export interface EventHubConnection {
  readonly host: string;
  /** Of AMQP, when it is not 5671. */
  readonly port?: number;
  readonly policyName: string;
  readonly key: string;
  /** Name of the event hub. */
  readonly entityPath: string;
  /** PEM file of the authority to trust for this endpoint. */
  readonly caFile?: string;
  /** Of AMQP over WebSockets, when it is not 443. */
  readonly httpsPort?: number;
  /** AMQP without TLS, on this computer only. */
  readonly isPlain: boolean;
}

/** What events are read with. */
export type EventsTarget = HubConnection | EventHubConnection;

/** Whether a text looks like an Event Hubs connection string. */
export function isEventHubString(text: string): boolean {
  const names = connectionStringIn(text)
    .split(';')
    .map((part) =>
      part
        .slice(0, Math.max(0, part.indexOf('=')))
        .trim()
        .toLowerCase(),
    );
  return names.includes('endpoint') && !names.includes('hostname');
}

/**
 * Reads `Endpoint=sb://…/;SharedAccessKeyName=…;SharedAccessKey=…;EntityPath=…`, and of ours `HttpsPort` and
 * `CaFile`; `UseDevelopmentEmulator=true` is AMQP without TLS, on this computer only.
 * @see https://learn.microsoft.com/azure/event-hubs/event-hubs-get-connection-string
 * @throws IotError `invalidInput` with one sentence that names the problem.
 */
export function parseEventHubConnection(text: string): EventHubConnection {
  const parts = connectionParts(text);
  const endpoint = requiredPart(parts, 'Endpoint');
  const address = /^(?:sb|amqps?):\/\/([^/:\s]+)(?::(\d{1,5}))?\/?$/i.exec(endpoint);
  if (!address) {
    throw invalid(
      l10n.t('Endpoint must have the format sb://….servicebus.windows.net/, not "{0}".', endpoint),
    );
  }
  const [, host = '', portText] = address;
  if (parts.has('sharedaccesssignature')) {
    throw invalid(
      l10n.t('This connection string contains a SAS token, which expires. Use one with SharedAccessKey=….'),
    );
  }
  const key = requiredPart(parts, 'SharedAccessKey');
  if (!isBase64(key))
    throw invalid(l10n.t('SharedAccessKey is not valid Base64. Check that it was copied in full.'));
  const isPlain = /^true$/i.test(parts.get('usedevelopmentemulator') ?? '');
  if (isPlain && !/^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host)) {
    throw invalid(
      l10n.t(
        'UseDevelopmentEmulator=true turns off TLS and is supported for this computer only, not for "{0}".',
        host,
      ),
    );
  }
  const caFile = parts.get('cafile');
  const httpsPort = parts.get('httpsport');
  return {
    host,
    ...(portText === undefined ? {} : { port: port('Endpoint', portText) }),
    policyName: requiredPart(parts, 'SharedAccessKeyName'),
    key,
    entityPath: entityPathOf(parts),
    ...(caFile ? { caFile } : {}),
    ...(httpsPort ? { httpsPort: port('HttpsPort', httpsPort) } : {}),
    isPlain,
  };
}

function entityPathOf(parts: ReadonlyMap<string, string>): string {
  const name = parts.get('entitypath');
  if (name) return name;
  throw invalid(
    l10n.t(
      'The connection string is missing EntityPath=…, the name of the event hub. Copy it from "Built-in endpoints" in the Azure portal.',
    ),
  );
}

function port(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 65_535) return value;
  throw invalid(l10n.t('The port of {0} must be a number from 1 to 65535, not "{1}".', name, text));
}

const invalid = (sentence: string) => new IotError('invalidInput', sentence);
