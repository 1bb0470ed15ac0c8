// Monitoring in the pseudo-locale: titles and steps, in order.
import path from 'node:path';
import { t } from './pseudoTexts.mjs';
import { TestDevice } from './testDevice.mjs';

const localHub = t('Local Hub');

/** Sends messages to the local hub as device 1001. */
async function send(story, workbench, count) {
  await story.run('Copy Local Hub Connection String for Add Hub');
  const hub = await workbench.until('the connection string', async () => {
    const text = await workbench.clipboard();
    return text.startsWith('HostName=') && text;
  });
  const device = await TestDevice.open(hub, '1001');
  for (let n = 1; n <= count; n++) await device.send(n, n);
  await device.close();
}

export const monitorTests = [
  [
    'Start Monitoring, its status and its actions',
    async (story, workbench) => {
      await story.run('Start Monitoring');
      await story.output('Monitoring {0}. Consumer group: {1}. Start: {2}.');
      await send(story, workbench, 3);
      await story.inStatusBar(/ 3\b/);
      await story.run('Monitoring Actions…');
      await story.step('Select an action');
      await story.leave();
      await story.readMenu(localHub);
      await story.readTooltips();
    },
  ],
  [
    'Start Monitoring From, Filter Messages and Select Consumer Group',
    async (story) => {
      await story.run('Start Monitoring From…');
      await story.step('Select where to start', { pick: 'Specific time…' });
      await story.step(
        'Enter a time in ISO 8601 format, for example 2026-11-24T08:00:00Z, or 2026-11-24 08:00 for local time',
        { invalid: '1', text: '2026-01-01T00:00:00Z' },
      );
      await story.run('Filter Messages…');
      await story.step(
        'Enter terms that must all match, for example: {0}. Leave empty to show all messages.',
        {
          invalid: '"1',
          text: '$.1>1',
        },
      );
      await story.output('Showing messages that match: {0}');
      await story.run('Select Consumer Group…');
      await story.step('Select the consumer group to monitor with', { pick: 'Create Consumer Group…' });
      await story.step(
        'Enter a name for the new consumer group, which reads all messages independently of other readers',
        { invalid: '1 1', text: '21' },
      );
      await story.output('The consumer group was changed to "{0}".');
      await story.run('Delete Consumer Group…');
      await story.step('Select a consumer group', { pick: '21' });
      await story.answerDialog('Delete consumer group "{0}" of {1}?', 'Delete');
      await story.output('Consumer group "{0}" was deleted.');
    },
  ],
  [
    'Why No Messages?',
    async (story) => {
      await story.run('Why No Messages?');
      await story.output('Why no messages?');
      await story.clearNotifications();
    },
  ],
  [
    'Record Messages and Replay Recording',
    async (story, workbench) => {
      const file = path.join(workbench.folder, '31.csv');
      await story.run('Record Messages…');
      await story.step('Select a recording format', { pick: 'For spreadsheets' });
      await story.step('Select which messages to record', {
        pick: 'Include the {0} messages already received',
      });
      await story.step('Record Messages');
      await workbench.answerFile(file);
      await story.output('Recording messages to {0}.');
      await story.run('Stop Monitoring');
      await story.decline('Stop monitoring {0}?');
      await story.run('Stop Recording');
      await story.toast('{0} messages were recorded to {1}.');
      await story.run('Replay Recording…');
      await story.step('Replay Recording');
      await workbench.answerFile(file);
      await story.step('Select the devices to send as. The recording contains 1 device.', {
        pick: 'Device IDs from a pattern…',
      });
      await story.step('Enter a device ID pattern; * stands for the recorded ID', {
        invalid: ' ',
        text: '*',
      });
      await story.step('Select the replay speed', { pick: 'As fast as possible' });
      await story.answerDialog('Replay {0} messages to {1}?', 'Replay');
      await story.toast('{0} messages were replayed in {1}.');
      await story.clearNotifications();
      await story.run('Stop Monitoring');
      await story.output('{0} {1} messages received.');
    },
  ],
  [
    'the lines of the output channel',
    async (story, workbench) => {
      const lines = story.outputLines();
      if (lines.length < 10) throw new Error(`The output channel has only ${lines.length} lines.`);
      for (const line of lines) story.check('output channel', line);
      story.check('name of the output channel', await workbench.shownChannel());
    },
  ],
];
