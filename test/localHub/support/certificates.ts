import fs from 'node:fs';
import tls from 'node:tls';
import { IotHubClient, type CertificateDescription } from '@azure/arm-iothub';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { registryOf, type TestHub } from './hub';

/** Resource group and hub, the first arguments of each call. */
export const hubPath = ['local', 'local-hub'] as const;
const subscription = '00000000-0000-0000-0000-000000000000';

/** The unmodified management SDK; only endpoint, CA and token are those of the hub. */
export function armClientOf(
  { armEndpoint, armTokenFile, caFile }: LocalHubEndpoints,
  token = fs.readFileSync(armTokenFile, 'utf8'),
): IotHubClient {
  const options = {
    endpoint: armEndpoint,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: fs.readFileSync(caFile, 'utf8') },
  };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 600_000 }) };
  return new IotHubClient(credential, subscription, options);
}

/** Uploads a CA certificate; an existing one with that name is replaced. */
export async function uploadAuthority(
  { endpoints }: Pick<TestHub, 'endpoints'>,
  name: string,
  pem: string,
  isVerified = true,
): Promise<CertificateDescription> {
  const { certificates } = armClientOf(endpoints);
  const known = (await certificates.listByIotHub(...hubPath)).value?.some((one) => one.name === name);
  return certificates.createOrUpdate(
    ...hubPath,
    name,
    { properties: { certificate: Buffer.from(pem).toString('base64'), isVerified } },
    known ? { ifMatch: '*' } : {},
  );
}

export async function deleteAuthority(
  { endpoints }: Pick<TestHub, 'endpoints'>,
  name: string,
): Promise<void> {
  await armClientOf(endpoints).certificates.delete(...hubPath, name, '*');
}

export interface Thumbprints {
  readonly primaryThumbprint: string;
  readonly secondaryThumbprint?: string;
}

/** Registers a device that authenticates with a certificate: by thumbprints if given, otherwise by CA. */
export async function createCertificateDevice(
  { endpoints }: Pick<TestHub, 'endpoints'>,
  deviceId: string,
  thumbprints?: Thumbprints,
): Promise<void> {
  await registryOf(endpoints).create({
    deviceId,
    authentication: thumbprints
      ? { type: 'selfSigned', x509Thumbprint: { secondaryThumbprint: '', ...thumbprints } }
      : { type: 'certificateAuthority' },
  });
}

export interface Presentation {
  /** PEM, the client's certificate first. */
  readonly certificates: readonly string[];
  readonly keyPem: string;
}

export interface Attempt {
  /** Return code of CONNACK; `undefined` without CONNACK. */
  readonly returnCode: number | undefined;
  /** The error that closed the connection, if there was no CONNACK. */
  readonly failure: string;
  /** Closes the client's side. */
  readonly close: () => void;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
}

export const certificateUserName = (deviceId: string): string =>
  `localhost/${deviceId}/?api-version=2021-04-12`;

/** Handshake and CONNECT of a client that does not validate the certificates it presents. */
export async function attemptConnect(
  hub: Pick<TestHub, 'endpoints' | 'ca'>,
  deviceId: string,
  presentation: Presentation | undefined,
  password?: string,
): Promise<Attempt> {
  const stream = parser({ protocolVersion: 4 });
  const socket = tls.connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port: hub.endpoints.mqttPort,
    ca: hub.ca,
    // A current client would not even load a small key or SHA-1.
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...(presentation ? { cert: presentation.certificates.join('\n'), key: presentation.keyPem } : {}),
  });
  const close = (): void => {
    socket.destroy();
  };
  let failure = '';
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  socket.on('error', (error: Error) => {
    failure ||= error.message;
  });
  socket.on('data', (chunk: Buffer) => stream.parse(chunk));
  socket.once('secureConnect', () => {
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: deviceId,
        keepalive: 60,
        username: certificateUserName(deviceId),
        ...(password === undefined ? {} : { password: Buffer.from(password) }),
      }),
    );
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      failure ||= 'no response within the time limit';
      socket.destroy();
    }, 8_000);
    const finish = (returnCode: number | undefined): void => {
      clearTimeout(timer);
      resolve({ returnCode, failure, close, closed });
    };
    stream.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connack') finish(packet.returnCode);
    });
    void closed.then(() => {
      finish(undefined);
    });
  });
}
