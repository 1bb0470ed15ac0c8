// Helpers for stories with an Azure account: a local hub that serves as the cloud, and signing in to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../host/paths.mjs';
import { atEnd } from '../../host/processes.mjs';
import { openStory } from '../../host/storyWindows.mjs';

/**
 * Starts a separate local hub that is unknown to VS Code. Its account serves as the cloud.
 * @param {string[]} [options] options of `npm run hub`
 */
async function startCloud(options = []) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-story-cloud-'));
  let hub = await startHub(folder, options);
  return {
    endpoints: hub.endpoints,
    /** Starts it again with its data and its address, and other options. */
    async restart(others) {
      await hub.stop();
      hub = await startHub(folder, ['--https-port', new URL(hub.endpoints.armEndpoint).port, ...others]);
    },
    async stop() {
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startHub(folder, options) {
  const ports = ['mqtt', 'https', 'amqp', 'amqp-plain'].flatMap((name) => [`--${name}-port`, '0']);
  const args = [path.join(root, 'dist/localHub.js'), '--data', folder, ...ports, ...options];
  const hub = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Also if the stories are interrupted.
  const kill = atEnd(() => hub.kill('SIGTERM'));
  let output = '';
  hub.stderr.on('data', (text) => (output = (output + text).slice(-2_000)));
  const ended = new Promise((resolve) => hub.on('exit', resolve));
  const endpoints = await new Promise((resolve, reject) => {
    createInterface({ input: hub.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    void ended.then((code) => reject(new Error(`The local hub exited with ${code}: ${output}`)));
  });
  return {
    endpoints,
    async stop() {
      kill();
      await ended;
    },
  };
}

/** Settings of VS Code and the extension that select the local hub as the cloud for signing in. */
export const cloudSettings = ({ armEndpoint, armTokenFile, caFile }) => ({
  'microsoft-sovereign-cloud.environment': 'custom',
  'microsoft-sovereign-cloud.customEnvironment': {
    name: 'Local Cloud',
    portalUrl: '',
    managementEndpointUrl: armEndpoint,
    resourceManagerEndpointUrl: armEndpoint,
    activeDirectoryEndpointUrl: armEndpoint,
    activeDirectoryResourceId: armEndpoint,
  },
  'iotHubWorkbench.azure.caFile': caFile,
  'testAccount.tokenFile': armTokenFile,
});

/**
 * Opens VS Code with a cloud that accepts sign-ins.
 * @param {object} [options] those of `openStory`, and `cloud`: options of its local hub
 */
export async function openWorkbenchWithCloud({ cloud: hubOptions = [], settings = {}, ...options } = {}) {
  const cloud = await startCloud(hubOptions);
  try {
    const workbench = await openStory({
      ...options,
      settings: { ...settings, ...cloudSettings(cloud.endpoints) },
    });
    return {
      workbench,
      endpoints: cloud.endpoints,
      restart: cloud.restart,
      async close() {
        await workbench.close();
        await cloud.stop();
      },
    };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

/** A request to the cloud's Azure Resource Manager, as from another tool, that has to succeed. @returns {Promise<object>} */
export async function askCloud(endpoints, method, resource, body) {
  const { status, text } = await requestCloud(endpoints, method, resource, body);
  if (status >= 300) throw new Error(`${method} ${resource}: ${status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** @returns {Promise<{ status: number, text: string }>} */
export function requestCloud({ armEndpoint, armTokenFile, caFile }, method, resource, body) {
  const token = readFileSync(armTokenFile, 'utf8').trim();
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${armEndpoint}${resource}`,
      {
        method,
        ca: readFileSync(caFile),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      async (answer) => {
        let text = '';
        for await (const part of answer.setEncoding('utf8')) text += part;
        resolve({ status: answer.statusCode, text });
      },
    );
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

/** Signs in as a user who has not yet allowed the extension to access the account. */
export async function signIn(workbench) {
  await workbench.row(/^Sign In to Local Cloud/).click();
  await workbench.answerDialog('Allow');
  await workbench.row('ann@localhost').waitFor();
}
