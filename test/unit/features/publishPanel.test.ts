import { describe, expect, it } from 'vitest';
import { newDraft, type PublishDraft } from '../../../src/core/publish/draft';
import { derive, previewOf } from '../../../src/features/publish/lazy/panelDerivation';
import { panelState, type Target } from '../../../src/features/publish/lazy/panelState';
import { connectionDetails } from '../../../src/features/publish/lazy/connectionDetails';

const draftWith = (change: Partial<PublishDraft>): PublishDraft => ({ ...newDraft(['d1'], 600), ...change });
const text = (value: string): Partial<PublishDraft> => ({
  body: { kind: 'text', text: value },
  contentType: '',
});

describe('publish panel derivation', () => {
  it('creates a message that can be sent', () => {
    const { problems, next } = derive(draftWith({}), undefined);
    expect(problems).toEqual([]);
    expect(next?.size).toMatchObject({ billed: 1, billedOnFree: 1 });
  });

  it.each<[string, Partial<PublishDraft>, string, RegExp]>([
    ['no device', { devices: [] }, 'devices', /Select the device/],
    ['a body that is too large', text('x'.repeat(262_145)), 'size', /256 KB; this message has 257 KB/],
    [
      'properties that do not fit into a topic',
      { properties: Array.from({ length: 20 }, (_, n) => ({ name: `p${n}`, value: '%'.repeat(1_200) })) },
      'properties',
      /65,535 bytes/,
    ],
    ['an invalid message ID', { messageId: 'a b' }, 'messageId', /printable ASCII/],
    ['a placeholder without a value', { messageId: '{{ 1 / 0 }}' }, 'body', /.+/],
  ])('reports the problem of %s', (_, change, field, message) => {
    const { problems } = derive(draftWith(change), undefined);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.message).toMatch(message);
  });

  it('truncates the preview, and shows bytes if the body is not text', () => {
    const { next } = derive(draftWith(text('x'.repeat(5_000))), undefined);
    expect(next && previewOf(next)).toMatchObject({ isCut: true, body: 'x'.repeat(4_096) });
    const file: Partial<PublishDraft> = { body: { kind: 'file', path: '/x' }, contentType: '' };
    const { next: binary } = derive(draftWith(file), new Uint8Array([0, 255]));
    expect(binary && previewOf(binary).body).toMatch(/^00000000 {2}00 ff/);
  });
});

describe('publish panel without connection details', () => {
  const stateWith = (target: Target, devices: string[]) => {
    const draft = { ...newDraft(devices, 600) };
    return panelState({
      hub: { kind: 'local', id: 'local', name: 'Local Hub', status: 'off', process: { kind: 'stopped' } },
      draft,
      derivation: derive(draft, undefined),
      target,
      run: { kind: 'idle' },
      tokenExpiresAt: null,
      fileUri: undefined,
      listed: [],
      watchProblem: undefined,
    });
  };

  it.each<[string, Target, string[], string, string]>([
    ['no device is selected', { deviceId: undefined }, [], 'Select a device of a running hub', ''],
    [
      'the local hub is stopped',
      { deviceId: undefined, problem: 'The hub is not running.', isHubStopped: true },
      ['d1'],
      'Start the local hub',
      '',
    ],
    ['the device is being read', { deviceId: undefined }, ['d1'], 'Loading…', 'Loading…'],
    ['reading failed', { deviceId: undefined, problem: 'No access.' }, ['d1'], 'No access.', ''],
  ])('says so if %s', (_, target, devices, missing, authentication) => {
    const state = stateWith(target, devices);
    expect(state.missingDetails?.startsWith(missing)).toBe(true);
    expect(state.authentication.text).toBe(authentication);
  });
});

describe('connection details', () => {
  const facts = {
    connection: {
      hostName: 'h.azure-devices.net',
      policyName: 'p',
      mqttPort: 8883,
      httpsPort: 443,
      amqpPort: 5671,
    },
    deviceId: 'd1',
    draft: draftWith({}),
    bag: [['$.ct', 'application/json']] as const,
    certificate: undefined,
    isSas: true,
  };
  const valueOf = (key: string, more: object = {}) =>
    connectionDetails({ ...facts, ...more }).find((row) => row.key === key)?.value;

  it('match the IoT Hub documentation and contain no secret', () => {
    expect(valueOf('userName')).toBe('h.azure-devices.net/d1/?api-version=2021-04-12');
    expect(valueOf('topic')).toBe('devices/d1/messages/events/$.ct=application%2Fjson');
    expect(valueOf('password')).toBe('SAS token, valid for 10 minutes');
  });

  it('have the port of the transport', () => {
    expect(valueOf('port')).toBe('8883');
    expect(valueOf('port', { draft: draftWith({ transport: 'webSocket' }) })).toBe('443');
  });

  it('show the files of a certificate instead of a token', () => {
    const certificate = { certificateFile: '/c.pem', keyFile: '/k.pem', isKeyEncrypted: true };
    const rows = connectionDetails({ ...facts, certificate, isSas: false });
    expect(rows.map(({ key }) => key)).not.toContain('password');
    expect(rows.find(({ key }) => key === 'keyFile')).toMatchObject({
      value: '/k.pem',
      note: 'encrypted with a passphrase',
    });
  });
});
