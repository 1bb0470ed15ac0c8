import { isSameText } from '../base/sameText';

/**
 * The three host names of a hub in Azure: `<hub>.<suffix>` for all protocols, `<hub>.device.<suffix>` for devices and
 * `<hub>.service.<suffix>` for applications. All clouds have a suffix that starts with `azure-devices`.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-tls-support
 * @see https://learn.microsoft.com/cli/azure/iot/hub/connection-string#az-iot-hub-connection-string-show
 */
const hostForms = /^([^.\s]+)\.(?:(device|service)\.)?(azure-devices(?:\.[a-z0-9-]+)+)$/i;

/** The host name for REST and AMQP: that of devices does not serve them. Other hosts stay as they are. */
export const serviceHostOf = (hostName: string) => withForm(hostName, 'device', 'service');

/** The host name for MQTT and the tokens of devices: that of services does not serve them. */
export const deviceHostOf = (hostName: string) => withForm(hostName, 'service', 'device');

/** The host name that serves all protocols: for comparisons, and what the name of the hub is read from. */
export function classicHostOf(hostName: string): string {
  const [, name, , suffix] = hostForms.exec(hostName) ?? [];
  return name && suffix ? `${name}.${suffix}` : hostName;
}

/** All names of a hub; another host has only its own. */
export function hostsOf(hostName: string): readonly string[] {
  const [, name, , suffix] = hostForms.exec(hostName) ?? [];
  if (!name || !suffix) return [hostName];
  return [`${name}.${suffix}`, `${name}.device.${suffix}`, `${name}.service.${suffix}`];
}

export const isSameHost = (one: string, other: string) =>
  isSameText(classicHostOf(one), classicHostOf(other));

function withForm(hostName: string, unsuitable: string, form: string): string {
  const [, name, given, suffix] = hostForms.exec(hostName) ?? [];
  return name && suffix && given?.toLowerCase() === unsuitable ? `${name}.${form}.${suffix}` : hostName;
}
