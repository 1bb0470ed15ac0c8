import { generate } from 'mqtt-packet';
import { AuthenticationError, type AuthenticatedDevice } from '../auth/authenticator';
import type { ClientCertificate } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import type { MessageProperties } from '../telemetry';
import { parseTelemetryTopic } from './handlers/telemetry';
import type { ConnectPacket } from './packets';
import { parsePropertyBag } from './propertyBag';
import { quotaExceeded } from './telemetryIngest';
import { parseUserName, type ConnectUserName } from './userName';

/** MQTT 3.1.1 CONNACK return codes in use. */
const connack = { accepted: 0, unacceptableProtocol: 1, unavailable: 3, notAuthorized: 5 } as const;

/** 29.45 minutes: the service waits no longer, whatever keep-alive interval the client asks for. */
const maxIdleMs = 1_767_000;

export interface Will {
  readonly bag: MessageProperties;
  readonly body: Buffer;
}

export interface AcceptedConnect {
  readonly device: AuthenticatedDevice;
  readonly name: ConnectUserName;
  /** Device id, and module id if there is one: the MQTT client id. */
  readonly identity: string;
  readonly will: Will | undefined;
  readonly cleanSession: boolean;
  /** How long the client may stay silent. */
  readonly idleMs: number;
}

export interface RefusedConnect {
  /** The CONNACK, encoded. */
  readonly answer: Buffer;
  /** For the log: the client gets only a return code. */
  readonly reason: string;
}

/** Decides on a CONNECT: protocol version, user name, client id, credential, will, quota. */
export function acceptConnect(
  packet: ConnectPacket,
  context: HubContext,
  clientCertificate: ClientCertificate | undefined,
): AcceptedConnect | RefusedConnect {
  const version = packet.protocolVersion;
  if (version !== 4) return refuseVersion(version);
  let identified: Pick<AcceptedConnect, 'device' | 'name' | 'identity' | 'will'>;
  try {
    identified = authenticate(packet, context, clientCertificate);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refuse(connack.notAuthorized, error.message);
  }
  const fault = context.events.testFault();
  // Without CONNACK: after one that refuses them, some clients do not try again, as they should once there is room.
  if (fault) return { answer: Buffer.alloc(0), reason: fault.message };
  if (context.quota.isUsedUp) return refuse(connack.unavailable, quotaExceeded);
  const keepAliveMs = packet.keepalive * 1500;
  return {
    ...identified,
    cleanSession: packet.clean,
    idleMs: keepAliveMs === 0 ? maxIdleMs : Math.min(keepAliveMs, maxIdleMs),
  };
}

const refuse = (returnCode: number, reason: string): RefusedConnect => ({
  answer: generate({ cmd: 'connack', sessionPresent: false, returnCode }),
  reason,
});

function refuseVersion(version: number): RefusedConnect {
  const reason = `MQTT protocol level ${version} is not supported, only 3.1.1 (level 4)`;
  if (version !== 5) return refuse(connack.unacceptableProtocol, reason);
  // An MQTT 5 client reads only its own format, where this reason is 0x84.
  const answer = generate(
    { cmd: 'connack', sessionPresent: false, reasonCode: 0x84 },
    { protocolVersion: 5 },
  );
  return { answer, reason };
}

/** @throws AuthenticationError, with the reason for the hub's log */
function authenticate(
  packet: ConnectPacket,
  { authenticator }: HubContext,
  clientCertificate: ClientCertificate | undefined,
): Pick<AcceptedConnect, 'device' | 'name' | 'identity' | 'will'> {
  const name = parseUserName(packet.username ?? '');
  if (!name) {
    throw new AuthenticationError(
      `the user name '${packet.username ?? ''}' is not of the form {host}/{deviceId}/?api-version=…`,
    );
  }
  if (!authenticator.isThisHub(name.host)) {
    throw new AuthenticationError(`the user name is for ${name.host}, not for this hub`);
  }
  const identity = name.moduleId === undefined ? name.deviceId : `${name.deviceId}/${name.moduleId}`;
  if (packet.clientId !== identity) {
    throw new AuthenticationError(
      `the client id '${packet.clientId}' is not the identity ${identity} of the user name`,
    );
  }
  if (name.moduleId !== undefined) throw new AuthenticationError(`module ${identity} is not registered`);
  const device = packet.password?.length
    ? authenticator.authenticateDevice(name.deviceId, packet.password.toString())
    : authenticator.authenticateByCertificate(name.deviceId, clientCertificate);
  return { device, name, identity, will: readWill(packet, name.deviceId) };
}

/** @throws AuthenticationError, or PropertyBagError for its properties */
function readWill({ will }: ConnectPacket, deviceId: string): Will | undefined {
  if (!will) return undefined;
  const topic = parseTelemetryTopic(will.topic);
  if (topic?.deviceId !== deviceId) {
    throw new AuthenticationError(`the will topic '${will.topic}' does not belong to the device`);
  }
  const bag = parsePropertyBag(topic.bag);
  return {
    body: will.payload,
    bag: { ...bag, properties: { ...bag.properties, 'iothub-MessageType': 'Will' } },
  };
}
