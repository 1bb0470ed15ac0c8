import type { HubContext } from '../context';
import { HubError } from '../errors';
import type { Device } from '../state/device';
import type { DeviceChange } from '../state/deviceRegistry';
import { StorageError } from '../state/storageError';
import { flagOf, isAbsent, isObject, objectOf, textOf } from './bodyValues';
import { queryDevices } from './deviceQuery';
import type { Answer, HubRouter } from './router';
import { serviceAccess } from './serviceAccess';

const maxListed = 1_000;
const maxBulk = 100;
/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties */
const maxStatusReason = 128;
/** Newer documentation adds the colon. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties */
const deviceIdForm = /^[A-Za-z0-9\-.+%_#*?!(),:=@$']{1,128}$/;

type Json = Readonly<Record<string, unknown>>;

/** @throws HubError ArgumentInvalid */
export function checkDeviceId(id: string): void {
  if (!deviceIdForm.test(id)) {
    throw new HubError(
      'ArgumentInvalid',
      `The device id '${id.slice(0, 150)}' is not valid: 1 to 128 ASCII letters, digits and - . + % _ # * ? ! ( ) , : = @ $ '`,
    );
  }
}

function isBase64Key(value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value && bytes.length >= 16 && bytes.length <= 64;
}

/** Reads a device body. @throws HubError ArgumentInvalid */
export function readDeviceChange(body: unknown, deviceId: string): DeviceChange {
  if (!isObject(body)) throw new HubError('ArgumentInvalid', 'The body must be a device identity');
  const { status, statusReason, authentication, capabilities } = body;
  if (status !== undefined && status !== null && status !== 'enabled' && status !== 'disabled') {
    throw new HubError('ArgumentInvalid', "status must be 'enabled' or 'disabled'");
  }
  return {
    deviceId,
    ...(status === 'enabled' || status === 'disabled' ? { status } : {}),
    ...(statusReason === undefined ? {} : { statusReason: readStatusReason(statusReason) }),
    ...(isAbsent(authentication)
      ? {}
      : { authentication: readAuthentication(objectOf(authentication, 'authentication')) }),
    ...(isAbsent(capabilities) ? {} : { iotEdge: readIotEdge(capabilities) }),
  };
}

function readStatusReason(given: unknown): string | null {
  if (given === '') return '';
  const reason = textOf(given, 'statusReason') ?? null;
  if (reason !== null && reason.length > maxStatusReason)
    throw new HubError('ArgumentInvalid', `statusReason must have at most ${maxStatusReason} characters`);
  return reason;
}

/** The number of devices that a list is limited to. @throws HubError ArgumentInvalid */
function readTop(given: string | null): number {
  if (given === null) return maxListed;
  const top = Number(given);
  if (!/^\d{1,9}$/.test(given) || top === 0)
    throw new HubError('ArgumentInvalid', 'top must be a whole number of 1 or more');
  return Math.min(top, maxListed);
}

const readIotEdge = (capabilities: unknown): boolean =>
  flagOf(objectOf(capabilities, 'capabilities').iotEdge, 'capabilities.iotEdge') ?? false;

function readAuthentication(given: Json): NonNullable<DeviceChange['authentication']> {
  const keys = objectOf(given.symmetricKey, 'authentication.symmetricKey');
  const thumbprints = objectOf(given.x509Thumbprint, 'authentication.x509Thumbprint');
  const type = textOf(given.type, 'authentication.type');
  if (type !== undefined && !['sas', 'selfSigned', 'certificateAuthority', 'none'].includes(type)) {
    throw new HubError('ArgumentInvalid', `authentication.type '${type}' is not valid`);
  }
  const pairs = {
    primaryKey: textOf(keys.primaryKey, 'primaryKey'),
    secondaryKey: textOf(keys.secondaryKey, 'secondaryKey'),
    primaryThumbprint: textOf(thumbprints.primaryThumbprint, 'primaryThumbprint'),
    secondaryThumbprint: textOf(thumbprints.secondaryThumbprint, 'secondaryThumbprint'),
  };
  for (const name of ['primaryKey', 'secondaryKey'] as const) {
    const key = pairs[name];
    if (key !== undefined && !isBase64Key(key)) {
      throw new HubError('ArgumentInvalid', `${name} must be base64 of 16 to 64 bytes`);
    }
  }
  for (const name of ['primaryThumbprint', 'secondaryThumbprint'] as const) {
    const print = pairs[name];
    if (print !== undefined && !/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(print)) {
      throw new HubError(
        'ArgumentInvalid',
        `${name} must have 40 (SHA-1) or 64 (SHA-256) hexadecimal digits`,
      );
    }
  }
  const known = Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));
  // Old clients register thumbprints without a type.
  const implied = type ?? (pairs.primaryThumbprint ? 'selfSigned' : undefined);
  return { ...known, ...(implied ? { type: implied as 'sas' } : {}) };
}

/** `GET`, `PUT`, `DELETE` and bulk `POST` of device identities, and the device query. */
export function addDeviceRoutes(router: HubRouter, context: HubContext): void {
  const { registry } = context;
  const allow = serviceAccess(context);

  router
    .refuseBelow('/twins', '/digitaltwins', '/jobs', '/configurations', '/statistics', '/messages')
    .refuseBelow('/devices/{id}/{rest}')
    .on(
      'GET',
      '/devices',
      allow('RegistryRead', ['devices/read'], (request) => ({
        status: 200,
        body: registry.list().slice(0, readTop(request.query.get('top'))),
      })),
    )
    .on(
      'GET',
      '/devices/{id}',
      allow('RegistryRead', ['devices/read'], (_, { id = '' }) => {
        return withTag(200, registry.require(id));
      }),
    )
    .on(
      'PUT',
      '/devices/{id}',
      allow('RegistryWrite', ['devices/write'], (request, { id = '' }) => {
        checkDeviceId(id);
        if (isObject(request.body) && request.body.deviceId !== undefined && request.body.deviceId !== id) {
          throw new HubError('ArgumentInvalid', `The device id in the body does not match the path, '${id}'`);
        }
        const change = readDeviceChange(request.body, id);
        const ifMatch = request.headers['if-match'];
        return withTag(
          200,
          ifMatch === undefined ? registry.create(change) : registry.update(change, ifMatch),
        );
      }),
    )
    .on(
      'DELETE',
      '/devices/{id}',
      allow('RegistryWrite', ['devices/delete'], (request, { id = '' }) => {
        registry.delete(id, request.headers['if-match'] ?? '*');
        return { status: 204 };
      }),
    )
    .on(
      'POST',
      '/devices',
      allow('RegistryWrite', ['devices/write', 'devices/delete'], (request) => bulk(context, request.body)),
    )
    .on(
      'POST',
      '/devices/query',
      allow('ServiceConnect', ['twins/read'], (request) => queryDevices(context, request)),
    )
    .on(
      'GET',
      '/statistics/devices',
      allow('RegistryRead', ['statistics/read'], () => {
        const devices = registry.list();
        const enabled = devices.filter((device) => device.status === 'enabled').length;
        return {
          status: 200,
          body: {
            totalDeviceCount: devices.length,
            enabledDeviceCount: enabled,
            disabledDeviceCount: devices.length - enabled,
          },
        };
      }),
    )
    .on(
      'GET',
      '/statistics/service',
      allow('ServiceConnect', ['statistics/read'], () => {
        const connected = registry.list().filter((device) => device.connectionState === 'Connected').length;
        return { status: 200, body: { connectedDeviceCount: connected } };
      }),
    );
}

function withTag(status: number, device: Device): Answer {
  return { status, body: device, headers: { ETag: `"${device.etag}"` } };
}

/** @see https://learn.microsoft.com/rest/api/iothub/service/bulk-registry/update-registry */
function bulk(context: HubContext, body: unknown): Answer {
  if (!Array.isArray(body)) throw new HubError('ArgumentInvalid', 'The body must be an array of devices');
  if (body.length > maxBulk)
    throw new HubError('TooManyDevices', `A request can have at most ${maxBulk} devices`);
  const errors: { deviceId: string; errorCode: number; errorStatus: string }[] = [];
  for (const item of body as unknown[]) {
    let id = '';
    try {
      if (!isObject(item)) throw new HubError('ArgumentInvalid', 'Each item must be a device');
      id = textOf(item.id, 'id') ?? textOf(item.deviceId, 'deviceId') ?? '';
      bulkItem(context, item, id);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      // Nothing was changed yet, so the whole request can be repeated.
      if (error instanceof StorageError && item === body[0]) throw error;
      errors.push({ deviceId: id, errorCode: error.entry.code, errorStatus: error.message });
    }
  }
  return {
    status: errors.length > 0 ? 400 : 200,
    body: { isSuccessful: errors.length === 0, errors, warnings: [] },
  };
}

function bulkItem(context: HubContext, item: Json, id: string): void {
  checkDeviceId(id);
  const mode = (textOf(item.importMode, 'importMode') ?? 'create').toLowerCase();
  const tag = textOf(item.eTag, 'eTag') ?? textOf(item.etag, 'etag') ?? '*';
  switch (mode) {
    case 'create':
      context.registry.create(readDeviceChange(item, id));
      return;
    case 'update':
      context.registry.update(readDeviceChange(item, id), '*');
      return;
    case 'updateifmatchetag':
      context.registry.update(readDeviceChange(item, id), tag);
      return;
    case 'delete':
      context.registry.delete(id, '*');
      return;
    case 'deleteifmatchetag':
      context.registry.delete(id, tag);
      return;
    default:
      throw new HubError('ArgumentInvalid', `importMode '${mode}' is not supported`);
  }
}
