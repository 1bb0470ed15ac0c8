import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';

const allowed = /^[A-Za-z0-9\-.+%_#*?!(),:=@$']*$/;

/** Why a device ID is not valid, in one sentence; `undefined` when it is. */
export function deviceIdProblem(deviceId: string): string | undefined {
  if (deviceId === '') return l10n.t('Enter a device ID.');
  if (deviceId.length > 128)
    return l10n.t(
      'A device ID can have at most 128 characters. This one has {0}.',
      formatCount(deviceId.length),
    );
  const bad = [...deviceId].find((character) => !allowed.test(character));
  if (bad === undefined) return undefined;
  if (/\s/.test(bad))
    return l10n.t(
      "A device ID cannot contain spaces. Use letters, digits, and - . + % _ # * ? ! ( ) , : = @ $ '",
    );
  return l10n.t(
    'A device ID cannot contain "{0}". Use letters, digits, and - . + % _ # * ? ! ( ) , : = @ $ \'',
    bad,
  );
}

/** The registry allows these characters, but they have a special meaning in MQTT topics. */
export function worksOverMqtt(deviceId: string): boolean {
  return !/[#+/]/.test(deviceId);
}
