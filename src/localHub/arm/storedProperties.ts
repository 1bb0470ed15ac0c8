import { flagOf, isAbsent, listOf, objectOf, textOf } from '../http/bodyValues';
import { refuseAsProvider, refuseRange } from './errors';

/** Refuses an invalid value; `name` is its path in the description of the hub. */
type Check = (value: unknown, name: string) => void;

/**
 * Checks the properties that the local hub stores without acting on them, so that a template which Azure would refuse
 * fails here too. Properties that are not listed are newer than this table and are stored as given.
 * @throws ArmError 400, HubError ArgumentInvalid
 * @see https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs
 */
export function checkStoredProperties(properties: Readonly<Record<string, unknown>>): void {
  for (const [name, check] of Object.entries(storedProperties)) check(properties[name], name);
}

const text: Check = textOf;
const flag: Check = flagOf;

const whole =
  (low: number, high: number): Check =>
  (value, name) => {
    if (isAbsent(value)) return;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
      refuseRange(name, value, low, high);
  };

const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, name) => {
    const given = textOf(value, name);
    if (given === undefined || allowed.some((one) => one.toLowerCase() === given.toLowerCase())) return;
    refuseAsProvider(400, 400_000, 'BadRequest', `Invalid ${name} - value must be ${allowed.join(' or ')}.`);
  };

const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, name) => {
    const given = objectOf(value, name);
    for (const [field, check] of Object.entries(fields)) check(given[field], `${name}.${field}`);
  };

const list =
  (each: Check): Check =>
  (value, name) => {
    listOf(value, name).forEach((item, at) => each(item, `${name}[${at}]`));
  };

const minute = 60;
const hour = 60 * minute;

/** A duration such as `PT1H`. @param low, high seconds */
const duration =
  (low: number, high: number): Check =>
  (value, name) => {
    const given = textOf(value, name);
    if (given === undefined) return;
    const seconds = secondsOf(given);
    if (seconds === undefined || seconds < low || seconds > high) {
      const shown = JSON.stringify(given.slice(0, 100));
      refuseAsProvider(
        400,
        400_016,
        'BadRequest',
        `Invalid ${name} ${shown} - value must be an ISO 8601 duration between ${low} and ${high} seconds.`,
      );
    }
  };

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds; undefined if the text is none. */
function secondsOf(given: string): number | undefined {
  const parts = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/.exec(given)?.slice(1);
  if (!parts?.some((part) => part !== undefined) || given.endsWith('T')) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return days * 24 * hour + hours * hour + minutes * minute + seconds;
}

const notificationQueue = {
  lockDurationAsIso8601: duration(5, 5 * minute),
  ttlAsIso8601: duration(minute, 48 * hour),
  maxDeliveryCount: whole(1, 100),
};

const storedProperties: Readonly<Record<string, Check>> = {
  cloudToDevice: object({
    maxDeliveryCount: whole(1, 100),
    defaultTtlAsIso8601: duration(minute, 48 * hour),
    feedback: object(notificationQueue),
  }),
  messagingEndpoints: (value, name) => {
    for (const [queue, settings] of Object.entries(objectOf(value, name)))
      object(notificationQueue)(settings, `${name}.${queue}`);
  },
  storageEndpoints: (value, name) => {
    const check = object({
      sasTtlAsIso8601: duration(minute, 24 * hour),
      connectionString: text,
      containerName: text,
    });
    for (const [endpoint, settings] of Object.entries(objectOf(value, name)))
      check(settings, `${name}.${endpoint}`);
  },
  enableFileUploadNotifications: flag,
  enableDataResidency: flag,
  restrictOutboundNetworkAccess: flag,
  allowedFqdnList: list(text),
  comments: text,
  features: oneOf('None', 'DeviceManagement'),
  minTlsVersion: oneOf('1.0', '1.2'),
  rootCertificate: object({ enableRootCertificateV2: flag }),
};
