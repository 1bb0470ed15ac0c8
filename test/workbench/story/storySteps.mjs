// Helpers of the certificate stories.
import { execFileSync } from 'node:child_process';

const ports = ['mqttPort', 'httpsPort', 'amqpPort', 'amqpPlainPort'];
export const settings = {
  ...Object.fromEntries(ports.map((name) => [`iotHubWorkbench.localHub.${name}`, 0])),
  'iotHubWorkbench.localHub.sampleDevices': false,
};
export const channel = 'IoT Hub: Local Hub';
export const local = /^Certificate Authorities/;
export const localAuthority = /^Factory CA/;
export const openssl = (...args) => execFileSync('openssl', args, { encoding: 'utf8' });

/** Waits for a step of a wizard, so that the input does not go to the previous one. */
export async function step(workbench, wanted) {
  await workbench.until(`the step ${wanted}`, async () => {
    if ((await workbench.quickInput.count()) === 0) return false;
    const { title, placeholder, message } = await workbench.quickInputText();
    return wanted.test(`${title} ${placeholder} ${message}`);
  });
}

export const rowLike = (workbench, pattern) => async () =>
  (await workbench.rows()).some((row) => pattern.test(row));

/** The value of an option of a command line, without quotes. */
export function option(command, name) {
  const found = new RegExp(`${name} (?:'([^']+)'|(\\S+))`).exec(command);
  return found?.[1] ?? found?.[2] ?? '';
}
