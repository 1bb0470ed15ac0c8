import { describe, expect, it } from 'vitest';
import { type FailureAction } from '../../../src/core/failureAction';
import { failureButton } from '../../../src/workbench/failureActions';

const session = { account: { id: 'ann', label: 'ann@contoso.com' }, tenantId: 't', resource: 'https://r' };
const hub = { kind: 'hub', hubId: 'h' };

describe('Button of a failure', () => {
  it.each<[FailureAction, string, string, readonly unknown[]]>([
    [{ kind: 'signIn' }, 'Sign In', 'iotHubWorkbench.signIn', []],
    [
      { kind: 'renewSession', session },
      'Sign In',
      'iotHubWorkbench.signInToTenant',
      [{ kind: 'failure', branch: 'tenant', message: '', signIn: session }],
    ],
    [{ kind: 'chooseSubscriptions' }, 'Select Subscriptions…', 'iotHubWorkbench.chooseSubscriptions', []],
    [
      { kind: 'copyRoleAssignment', hubId: 'h', role: 'Reader' },
      'Copy az Command',
      'iotHubWorkbench.copyRoleAssignmentCommand',
      [hub, 'Reader'],
    ],
    [{ kind: 'addHub' }, 'Add Hub', 'iotHubWorkbench.addHub', []],
    [{ kind: 'createAuthority' }, 'Create Certificate Authority…', 'iotHubWorkbench.createAuthority', []],
    [
      { kind: 'chooseConsumerGroup', hubId: 'h' },
      'Select Consumer Group…',
      'iotHubWorkbench.chooseConsumerGroup',
      [hub],
    ],
    [{ kind: 'restartLocalHub' }, 'Restart', 'iotHubWorkbench.restartLocalHub', []],
    [
      { kind: 'openSetting', setting: 'azure.dataPlaneAccess' },
      'Open Setting',
      'workbench.action.openSettings',
      ['iotHubWorkbench.azure.dataPlaneAccess'],
    ],
  ])('for %j is "%s"', (action, title, command, args) => {
    expect(failureButton(action)).toEqual({ title, command, args });
  });
});
