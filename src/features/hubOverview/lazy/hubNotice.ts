import * as l10n from '@vscode/l10n';
import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { hubStatusNotice } from '../../../explorer/hubPresentation';
import { commandButton, failureButton, type CommandButton } from '../../../workbench/failureActions';
import { type OverviewState } from '../../../webview/hubOverview/api';

export interface HubNotice {
  /** Whether the hub can be queried. Querying a stopped one would start it. */
  readonly isReachable: boolean;
  readonly notice: OverviewState['notice'];
  readonly action?: CommandButton;
}

/**
 * The notice at the top of the overview.
 * @param hub absent if it no longer exists
 * @param isManaged `undefined` until it is known
 */
export function hubNotice(name: string, hub: Hub | undefined, isManaged: boolean | undefined): HubNotice {
  if (!hub) {
    return {
      isReachable: false,
      notice: {
        kind: 'error',
        text: l10n.t(
          'Hub "{0}" no longer exists. It was deleted or removed, or its account was signed out.',
          name,
        ),
        action: null,
      },
    };
  }
  const status = hubStatusNotice(hub);
  const isReachable = hubCan(hub, 'describeInEveryState');
  const offer = (kind: 'info' | 'error', text: string, action: CommandButton): HubNotice => ({
    isReachable,
    notice: { kind, text, action: action.title },
    action,
  });
  switch (status.kind) {
    case 'ready':
      return isManaged === false ? connectionStringOnly() : { isReachable: true, notice: null };
    case 'off':
      return offer('info', l10n.t('{0} is stopped.', name), commandButton(status.text, status.command));
    case 'busy':
      return {
        isReachable,
        notice: { kind: 'info', text: `${status.text}.`.replace(/(?<![.…])[.…]+$/, '…'), action: null },
      };
    case 'failed':
      return offer('error', status.reason, commandButton(l10n.t('Retry'), status.command));
  }
}

const connectionStringOnly = (): HubNotice => ({
  isReachable: true,
  notice: {
    kind: 'info',
    text: l10n.t(
      'This hub was added with a connection string. For hubs of an Azure account, this page also shows tier, quota, event endpoint, shared access policies, consumer groups, and routes.',
    ),
    action: l10n.t('Sign In'),
  },
  action: failureButton({ kind: 'signIn' }),
});
