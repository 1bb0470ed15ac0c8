import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { hubDescription, hubStatusNotice } from '../../../explorer/hubPresentation';
import { commandButton, failureButton, type CommandButton } from '../../../workbench/failureActions';
import { type OverviewState } from '../../../webview/hubOverview/api';

export interface HubNotice {
  /** Whether the hub can be asked. Asking one that is off would start it. */
  readonly isReachable: boolean;
  readonly notice: OverviewState['notice'];
  readonly action?: CommandButton;
}

/**
 * What the overview says of a hub above everything else.
 * @param hub absent when it is gone
 * @param isManaged `undefined` while that is not known
 */
export function hubNotice(name: string, hub: Hub | undefined, isManaged: boolean | undefined): HubNotice {
  if (!hub) {
    return {
      isReachable: false,
      notice: {
        kind: 'error',
        text: `Hub "${name}" is not there any more: it was deleted or removed, or its account is signed out.`,
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
      return isManaged === false ? connectionStringAlone : { isReachable: true, notice: null };
    case 'off':
      return offer(
        'info',
        `${name} is ${hubDescription(hub) || 'off'}.`,
        commandButton(status.text, status.command),
      );
    case 'busy':
      return {
        isReachable,
        notice: { kind: 'info', text: `${status.text}.`.replace(/[.…]+$/, '…'), action: null },
      };
    case 'failed':
      return offer('error', status.reason, commandButton('Try Again', status.command));
  }
}

const connectionStringAlone: HubNotice = {
  isReachable: true,
  notice: {
    kind: 'info',
    text: 'Only the connection string of this hub is known. Of a hub of your Azure account, this page also has tier, quota, event endpoint, policies, consumer groups and routes.',
    action: 'Sign In',
  },
  action: failureButton({ kind: 'signIn' }),
};
