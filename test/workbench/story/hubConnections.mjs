// Connection strings of the local hub, and hubs added with them.
import { escape } from '../../host/workbenchWindow.mjs';
import { step } from './storySteps.mjs';

/** The text that a command copies, with the expected beginning. */
async function copied(workbench, beginning, command) {
  // The clipboard may already contain text with this beginning.
  await workbench.page.evaluate(() => navigator.clipboard.writeText(''));
  await workbench.run(command);
  return workbench.until(`${beginning}… in the clipboard`, async () => {
    const text = await workbench.clipboard();
    return text.startsWith(beginning) && text;
  });
}

export const hubString = (workbench) =>
  copied(workbench, 'HostName=', 'IoT Hub: Copy Local Hub Connection String for Add Hub');

export const eventsString = (workbench) =>
  copied(workbench, 'Endpoint=', 'IoT Hub: Copy Local Hub Event Hubs Connection String');

/** The same hub without its ARM endpoint, as a connection string from the Azure portal. */
export const withoutManagement = (connectionString) => connectionString.replace(/;Arm\w+=[^;]+/g, '');

/** Adds a hub by connection string. The tree then has the focus and shows the hub. */
export async function addHub(workbench, connectionString, name) {
  await workbench.run('IoT Hub: Add Hub…');
  await step(workbench, /Connection string of/);
  await workbench.answer(connectionString);
  await step(workbench, /Name of the hub/);
  await workbench.answer(name);
  // A quick input that opens before the tree gets the focus would close.
  await workbench.selectedRow(new RegExp(`^${escape(name)}`)).waitFor();
}
