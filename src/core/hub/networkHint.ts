import * as l10n from '@vscode/l10n';

/**
 * A hub refuses a network without saying so: with 401 for a wrong key and for a missing role.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-ip-filtering
 */
export const networkHint = () =>
  l10n.t(
    'The hub may also refuse the network of this computer: check its IP rules and its public network access.',
  );
