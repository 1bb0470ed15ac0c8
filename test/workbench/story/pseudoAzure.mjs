// An Azure account in the pseudo-locale: titles and steps, in order.
import { like, t } from './pseudoTexts.mjs';

const account = 'ann@localhost';
const subscription = /^Local Hub$/;
const hub = /^local-hub/;

export const azureTests = [
  [
    'the account, its subscription and its hub',
    async (story, workbench) => {
      await story.collapse(t('Local Hub'));
      await story.collapse(t('Certificate Authorities'));
      await workbench.row(like('Sign In to {0}…')).click();
      await workbench.answerDialog('Allow');
      await workbench.row(account).waitFor();
      await story.expand(subscription);
      await workbench.row(hub).waitFor();
      await story.readTooltips();
      for (const row of [account, subscription, hub]) await story.readMenu(row);
    },
  ],
  [
    'selections for an account, and copying from its hub',
    async (story) => {
      await story.choose(account, 'Select Subscriptions…');
      await story.step('Select what to show in the tree');
      await story.leave();
      await story.run('Sign In to Tenant…');
      await story.step('Select the tenant to sign in to');
      await story.leave();
      await story.choose(hub, 'Copy Hub Connection String…');
      await story.step(
        'Select a shared access policy. Use the least-privileged policy that meets your needs.',
        {
          pick: 'registryRead ',
        },
      );
      await story.statusMessage('Connection string for policy "{0}" copied');
      await story.choose(hub, 'Copy Role Assignment Command…');
      await story.step('Select what the account is allowed to do', {
        pick: 'See the hub, without its keys and devices',
      });
      await story.statusMessage('Command for assigning the role "{0}" copied');
      await story.choose(hub, 'Open in Azure Portal');
      await story.toast('{0} has no portal configured in VS Code.');
      await story.clearNotifications();
    },
  ],
  [
    'Create Hub and Delete Hub',
    async (story, workbench) => {
      await story.run('Create Hub…');
      await story.step('Select a resource group', {
        pick: 'Groups resources so you can delete them together',
      });
      await story.step('Name of the new resource group. It is created together with the hub.', {
        invalid: 'local',
        text: '77',
      });
      await story.step('Name of the hub. It must be unique across Azure and becomes part of the host name.', {
        invalid: '7_7',
        text: '7788',
      });
      await story.step('Select a region', { pick: 'East Local' });
      await story.step('Select a tier', { pick: 'S1' });
      await story.step(
        'Number of units, 1 to {0}. Each unit adds {1} and is billed separately. You can change this later.',
        { invalid: '0', text: '1' },
      );
      await story.step(
        'Partitions of the built-in endpoint, {0} to {1}: the number of parallel readers. You cannot change this later. {2} is suitable for most hubs.',
        { invalid: '0', text: '2' },
      );
      await story.step('Retention of the built-in endpoint in days, {0} to {1}. You can change this later.', {
        invalid: '0',
        text: '1',
      });
      await story.step('Select public network access', {
        pick: 'Devices and tools can connect to the hub from any network.',
      });
      await story.step('Select whether to allow shared access keys (local authentication)', {
        pick: 'Tools can use the keys of shared access policies or Microsoft Entra ID.',
      });
      await story.step('Review and create', { pick: 'Create hub "{0}"' });
      await story.toast('Hub "{0}" is ready in {1} ({2}).');
      await story.clearNotifications();
      await story.choose('7788', 'Delete Hub…');
      await story.answerDialog('Delete hub "{0}"?', 'Delete…');
      await story.step('Type "{0}" to delete the hub and everything in it.', { invalid: '1', text: '7788' });
      await story.toast('Hub "{0}" was deleted.');
      await story.clearNotifications();
      await workbench.row('7788').waitFor({ state: 'detached' });
    },
  ],
  [
    'an expired session',
    async (story, workbench) => {
      await workbench.run('Test Account: Let Sessions Expire');
      await story.choose(hub, 'Copy Hub Connection String…');
      await story.toast('Sign in again as {0} to continue.');
      await story.choose(account, 'Refresh');
      await workbench.row(like('Sign in again as {0} to continue.')).waitFor();
      await story.readTooltips();
      await story.readMenu(like('Sign in again as {0} to continue.'));
    },
  ],
];
