/** A node that a client attaches to. */
export type Address =
  | { readonly kind: 'cbs' }
  | { readonly kind: 'management' }
  | {
      readonly kind: 'partition';
      readonly entity: string;
      readonly group: string;
      readonly partition: string;
    }
  /** The event endpoint under the hub's own name: clients are redirected to the Event Hubs-compatible one. */
  | { readonly kind: 'redirect' }
  | { readonly kind: 'service'; readonly feature: string; readonly advice?: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** What devices attach to. */
export const amqpForDevices = {
  kind: 'service',
  feature: 'AMQP for devices',
  advice: 'Use MQTT or HTTPS.',
} as const;

/** The answer of a hub that lacks a feature. */
export const notSupported = (feature: string, advice?: string): string =>
  `${feature}: not supported by the local hub yet.${advice === undefined ? '' : ` ${advice}`}`;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean).map(decode);

/** Path of a link address: a whole URI (`amqps://host/path`) or the path alone. */
export function addressPath(address: string): string[] {
  return segmentsOf(address.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?', 1)[0] ?? '');
}

/** Path of a token's audience or `sr`: the host always comes first, with or without a scheme. */
export function audiencePath(audience: string): string[] {
  return segmentsOf(audience.replace(/^[a-z]+:\/\//i, '').replace(/^[^/]*/, ''));
}

export function parseAddress(address: string): Address {
  const path = addressPath(address);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = path;
  const keywords = path.map((segment) => segment.toLowerCase());
  if (path.length === 1 && keywords[0] === '$cbs') return { kind: 'cbs' };
  if (keywords[0] === 'messages' && keywords[1] === 'events') return { kind: 'redirect' };
  if (path.length <= 2 && keywords.at(-1) === '$management') return { kind: 'management' };
  if (path.length === 5 && keywords[1] === 'consumergroups' && keywords[3] === 'partitions') {
    return { kind: 'partition', entity: first, group: third, partition: fifth };
  }
  if (keywords[0] === 'messages' && keywords[1] === 'devicebound') {
    return { kind: 'service', feature: 'Cloud-to-device messages' };
  }
  if (keywords[0] === 'messages' && keywords[1] === 'servicebound') {
    const isFeedback = third.toLowerCase() === 'feedback';
    return { kind: 'service', feature: isFeedback ? 'Delivery feedback' : 'File upload notifications' };
  }
  if (keywords[0] === 'devices') return amqpForDevices;
  return { kind: 'unknown', name: [first, second, third, fourth, fifth].filter(Boolean).join('/') };
}

/**
 * A path in the form that authorization compares: lower case, and the hub's own name for its events replaced by the
 * Event Hubs-compatible one, because one token is valid for both.
 */
export function scopeOf(path: readonly string[], eventHubName: string): string[] {
  const scope = path.map((segment) => segment.toLowerCase());
  return scope[0] === 'messages' && scope[1] === 'events'
    ? [eventHubName.toLowerCase(), ...scope.slice(2)]
    : scope;
}

/** Whether `prefix` is `path` or one of its parents, by whole segments. */
export const isWithin = (path: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length <= path.length && prefix.every((segment, i) => segment === path[i]);
