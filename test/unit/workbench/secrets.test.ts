import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askNewPassphrase } from '../../../src/workbench/newPassphrase';
import { clearCopiedSecret, copy } from '../../../src/workbench/clipboard';
import { askText } from '../../../src/workbench/prompts';
import { fake } from '../../support/fakeVscode';
import { FakeInputBox } from '../../support/vscode/questions';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  fake.reset();
});

describe('a copied secret', () => {
  beforeEach(() => void vi.useFakeTimers());
  const secrets: Record<string, string> = {
    'a connection string': 'HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=a2V5a2V5',
    'an Event Hubs connection string':
      'Endpoint=sb://h/;SharedAccessKeyName=s;SharedAccessKey=a2V5a2V5;EntityPath=e',
    'a SAS token': 'SharedAccessSignature sr=h&sig=c2ln&se=1',
    'a command with a token': "mosquitto_pub -P 'SharedAccessSignature sr=h&sig=c2ln&se=1' -m x",
    'a private key': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
  };

  it.each(Object.entries(secrets))('is removed from the clipboard after a minute: %s', async (_, secret) => {
    await copy(secret, 'Copied');
    expect(fake.statusBarMessages).toEqual(['$(check) Copied (removed from the clipboard after 60 seconds)']);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(fake.clipboard).toBe(secret);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.clipboard).toBe('');
  });

  it('stays a minute after it was copied again', async () => {
    await copy(secrets['a SAS token'] ?? '', 'Copied');
    await vi.advanceTimersByTimeAsync(40_000);
    await copy(secrets['a SAS token'] ?? '', 'Copied');
    await vi.advanceTimersByTimeAsync(40_000);
    expect(fake.clipboard).toBe(secrets['a SAS token']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fake.clipboard).toBe('');
  });

  it('is removed when the extension ends', async () => {
    await copy(secrets['a SAS token'] ?? '', 'Copied');
    await clearCopiedSecret();
    expect(fake.clipboard).toBe('');
  });

  it('does not remove what was copied since', async () => {
    await copy(secrets['a SAS token'] ?? '', 'Copied');
    fake.clipboard = 'mine';
    await vi.advanceTimersByTimeAsync(60_000);
    await clearCopiedSecret();
    expect(fake.clipboard).toBe('mine');
  });

  it.each([
    'device-1',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'h.azure-devices.net',
  ])('is not any text: %s', async (text) => {
    await copy(text, 'Copied');
    await vi.advanceTimersByTimeAsync(120_000);
    await clearCopiedSecret();
    expect(fake.clipboard).toBe(text);
    expect(fake.statusBarMessages).toEqual(['$(check) Copied']);
  });
});

describe('a passphrase', () => {
  /** The texts that were in the input boxes when these were closed. */
  function valuesAtClose(): string[] {
    const values: string[] = [];
    const dispose: () => void = Reflect.get(FakeInputBox.prototype, 'dispose');
    vi.spyOn(FakeInputBox.prototype, 'dispose').mockImplementation(function (this: FakeInputBox) {
      values.push(this.value);
      dispose.call(this);
    });
    return values;
  }

  it('is removed from the input box before it closes', async () => {
    const values = valuesAtClose();
    fake.answers.push('secret 1', 'correct horse', 'correct horse', 'not secret');
    expect(await askText({ title: 'Passphrase', isSecret: true })).toBe('secret 1');
    expect(await askNewPassphrase({ title: 'New passphrase', prompt: 'Enter' })).toBe('correct horse');
    expect(await askText({ title: 'Name' })).toBe('not secret');
    await expect.poll(() => values).toEqual(['', '', '', 'not secret']);
  });

  it('is removed when the input is canceled', async () => {
    const values = valuesAtClose();
    vi.spyOn(FakeInputBox.prototype, 'accept').mockImplementation(function (this: FakeInputBox) {
      this.hide();
    });
    fake.answers.push('secret');
    await expect(askText({ title: 'Passphrase', isSecret: true })).rejects.toThrow('Canceled.');
    expect(values).toEqual(['']);
  });
});
