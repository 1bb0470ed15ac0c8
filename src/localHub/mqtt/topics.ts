/** What a device may publish to. Parsed here and nowhere else. */
export type PublishTopic =
  | {
      readonly kind: 'telemetry';
      readonly deviceId: string;
      readonly moduleId?: string;
      readonly bag: string;
    }
  | { readonly kind: 'twinGet'; readonly requestId: string }
  | { readonly kind: 'twinReported'; readonly requestId: string }
  | { readonly kind: 'methodResponse'; readonly status: number; readonly requestId: string };

export type SubscribeFilter = 'devicebound' | 'twinResponse' | 'desiredProperties' | 'methods';

const telemetry = /^devices\/([^/]+)(?:\/modules\/([^/]+))?\/messages\/events(?:\/(.*))?$/s;

/**
 * The topic of a PUBLISH, or undefined when the service knows none like it.
 * @see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
export function parsePublishTopic(topic: string): PublishTopic | undefined {
  const match = telemetry.exec(topic);
  if (match?.[1] !== undefined) {
    return {
      kind: 'telemetry',
      deviceId: match[1],
      ...(match[2] === undefined ? {} : { moduleId: match[2] }),
      // The Node SDK ends the topic of a module output with one more slash; docs show a leading '?'.
      bag: (match[3] ?? '').replace(/\/$/, '').replace(/^\?/, ''),
    };
  }
  const twin = /^\$iothub\/twin\/(GET|PATCH\/properties\/reported)\/?\?(.*)$/s.exec(topic);
  if (twin) {
    const requestId = new URLSearchParams(twin[2]).get('$rid') ?? '';
    return { kind: twin[1] === 'GET' ? 'twinGet' : 'twinReported', requestId };
  }
  const method = /^\$iothub\/methods\/res\/(-?\d+)\/?\?(.*)$/s.exec(topic);
  if (method) {
    const requestId = new URLSearchParams(method[2]).get('$rid') ?? '';
    return { kind: 'methodResponse', status: Number(method[1]), requestId };
  }
  return undefined;
}

/** The filter of a SUBSCRIBE that this identity may have, or undefined. */
export function parseSubscribeFilter(
  filter: string,
  identity: { readonly deviceId: string; readonly moduleId?: string },
): SubscribeFilter | undefined {
  const own = `devices/${identity.deviceId}${identity.moduleId === undefined ? '' : `/modules/${identity.moduleId}`}`;
  switch (filter) {
    case `${own}/messages/devicebound/#`:
    case `${own}/inputs/#`:
    case `${own}/#`:
      return 'devicebound';
    case '$iothub/twin/res/#':
      return 'twinResponse';
    case '$iothub/twin/PATCH/properties/desired/#':
      return 'desiredProperties';
    case '$iothub/methods/POST/#':
      return 'methods';
    default:
      return undefined;
  }
}

export interface ConnectUserName {
  readonly host: string;
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly modelId?: string;
}

/**
 * `{host}/{deviceId}[/{moduleId}]/?api-version=…`, and the short forms seen in the field: without the query,
 * without its question mark, and without the slash before it.
 */
export function parseUserName(userName: string): ConnectUserName | undefined {
  // A device id may hold, and end with, a question mark.
  const at = userName.search(/\/\?|\/api-version=|\?(?=[\w-]+=)/);
  const path = at === -1 ? userName : userName.slice(0, at);
  const query = at === -1 ? '' : userName.slice(at).replace(/^\/?\??/, '');
  const [host, deviceId, moduleId, ...rest] = path.replace(/\/$/, '').split('/');
  if (!host || !deviceId || rest.length > 0 || moduleId === '') return undefined;
  const modelId = new URLSearchParams(query).get('model-id');
  return {
    host,
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(modelId ? { modelId } : {}),
  };
}
