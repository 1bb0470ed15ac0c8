import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MicrosoftAccounts } from '../../../src/workbench/microsoftAccounts';
import { fake, fireConfigurationChange } from '../../support/fakeVscode';

const host = { getSession: vi.fn(), getAccounts: vi.fn() };

const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const ann = { id: 'ann', label: 'ann@contoso.com' };
const resource = 'https://management.core.windows.net/';
const session = (accessToken = 'secret') => ({ id: 's', account: ann, accessToken, scopes: [] });
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

function someAccounts(known: Record<string, string[]> = {}) {
  const state = new Map<string, unknown>([['iotHubWorkbench.azureAccounts', known]]);
  const memento = {
    get: (key: string, otherwise: unknown) => state.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void state.set(key, value),
  };
  return { accounts: new MicrosoftAccounts(memento as never, quiet), state };
}

beforeEach(() => {
  fake.reset();
  host.getSession.mockReset().mockResolvedValue(session());
  host.getAccounts.mockReset().mockResolvedValue([ann]);
  Object.assign(fake, host);
});

describe('A token', () => {
  it('is requested silently each time by scope and tenant, and contains its expiry', async () => {
    const { accounts } = someAccounts();
    host.getSession.mockResolvedValue(session(jwt({ exp: 1_900_000_000 })));
    const request = { account: ann, tenantId: 'home', resource };
    await accounts.token(request);
    expect(await accounts.token(request)).toMatchObject({ expiresAt: 1_900_000_000_000 });
    expect(host.getSession).toHaveBeenCalledTimes(2);
    expect(host.getSession).toHaveBeenLastCalledWith(
      'microsoft',
      ['https://management.core.windows.net//.default', 'VSCODE_TENANT:home'],
      { silent: true, account: ann },
    );
  });

  it('of another kind is valid for a few minutes', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    const { expiresAt } = await someAccounts().accounts.token({ account: ann, resource });
    now.mockRestore();
    expect(expiresAt).toBe(1_800_000_000_000 + 5 * 60_000);
  });

  it('that is missing is an error that offers the matching sign-in', async () => {
    host.getSession.mockResolvedValue(undefined);
    const request = { account: ann, tenantId: 'guest', resource: 'https://iothubs.azure.net' };
    await expect(someAccounts().accounts.token(request)).rejects.toMatchObject({
      code: 'signInNeeded',
      action: { kind: 'renewSession', session: request },
    });
  });

  describe('for a claims challenge', () => {
    const challenge = 'Bearer error="insufficient_claims", claims="e30="';
    const request = { account: ann, tenantId: 'guest', resource, challenge };
    const scopes = [`${resource}/.default`, 'VSCODE_TENANT:guest'];
    const wanted = { wwwAuthenticate: challenge, fallbackScopes: scopes };
    const missing = { code: 'signInNeeded', action: { kind: 'renewSession', session: request } };

    it('is requested with the challenge, silently or with a prompt, if VS Code supports challenges', async () => {
      const { accounts } = someAccounts();
      await accounts.token(request);
      expect(host.getSession).toHaveBeenLastCalledWith('microsoft', wanted, { silent: true, account: ann });
      host.getSession.mockResolvedValue(undefined);
      await expect(accounts.token(request)).rejects.toMatchObject(missing);
      host.getSession.mockReset().mockResolvedValue(session());
      await accounts.signIn(request);
      expect(host.getSession.mock.calls).toEqual([
        ['microsoft', wanted, { createIfNone: true, account: ann }],
      ]);
    });

    it.each(['1.104.3', '1.90.2'])('is created again by the user in VS Code %s', async (version) => {
      fake.version = version;
      const { accounts } = someAccounts();
      await expect(accounts.token(request)).rejects.toMatchObject(missing);
      expect(host.getSession).not.toHaveBeenCalled();
      await accounts.signIn(request);
      const account = version === '1.90.2' ? {} : { account: ann };
      expect(host.getSession.mock.calls).toEqual([
        ['microsoft', scopes, { silent: true, ...account }],
        ['microsoft', scopes, { forceNewSession: true, ...account }],
      ]);
    });

    it('is created again when the sign-in supports no challenge, and not when the user cancels', async () => {
      const { accounts } = someAccounts();
      const refuse = (reason: string) =>
        host.getSession.mockReset().mockImplementation(async (_, asked) => {
          if (!Array.isArray(asked)) throw new Error(reason);
          return session();
        });
      refuse('The provider does not support challenges.');
      await expect(accounts.token(request)).rejects.toMatchObject(missing);
      expect(await accounts.signIn(request)).toEqual(ann);
      expect(host.getSession.mock.calls.at(-1)?.[2]).toEqual({ forceNewSession: true, account: ann });
      refuse('User did not consent to login.');
      await expect(accounts.signIn(request)).rejects.toMatchObject({ name: 'AbortError' });
      expect(host.getSession).toHaveBeenCalledTimes(1);
    });
  });

  it('that the sign-in rejects reports the reason, and one that is canceled is silent', async () => {
    const { accounts } = someAccounts();
    host.getSession.mockRejectedValue(new Error('AADSTS50105: no role.'));
    await expect(accounts.token({ account: ann, resource })).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'Signing in to Azure failed: AADSTS50105: no role.',
    });
    for (const message of ['User did not consent to login.', 'Canceled', 'Canceled']) {
      host.getSession.mockRejectedValue(new Error(message));
      await expect(accounts.token({ account: ann, resource })).rejects.toMatchObject({
        name: 'AbortError',
      });
    }
  });

  it.each(['AADSTS65002', 'AADSTS65001', 'AADSTS500011'])(
    'that the tenant does not issue to VS Code (%s) offers no further sign-in',
    async (code) => {
      const { accounts } = someAccounts();
      const request = { account: ann, tenantId: 'home', resource: 'https://iothubs.azure.net' };
      const reason = `${code}: Consent between applications is missing.`;
      const withheld = { code: 'unsupported', message: expect.stringContaining(reason) as string };
      host.getSession.mockResolvedValue(undefined);
      await expect(accounts.token(request)).rejects.toMatchObject({ code: 'signInNeeded' });
      host.getSession.mockImplementation(async (_provider, _scopes, { silent }: { silent?: boolean }) => {
        if (!silent) throw new Error(reason);
        return undefined;
      });
      await expect(accounts.signIn(request)).rejects.toMatchObject(withheld);
      const failure = await accounts.token(request).catch((error: unknown) => error);
      expect(failure).toMatchObject(withheld);
      expect(failure).not.toHaveProperty('action.kind');
      // Tokens of Azure Resource Manager are not affected, and a sign-in by command tries again.
      host.getSession.mockResolvedValue(session());
      expect(await accounts.token({ ...request, resource })).toMatchObject({ token: 'secret' });
      await expect(accounts.token(request)).rejects.toMatchObject(withheld);
      await accounts.signIn();
      expect(await accounts.token(request)).toMatchObject({ token: 'secret' });
    },
  );

  it('is not awaited by a caller that canceled', async () => {
    host.getSession.mockReturnValue(new Promise(() => undefined));
    const controller = new AbortController();
    const waiting = someAccounts().accounts.token({ account: ann, resource }, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is created by the provider of the configured cloud', async () => {
    fake.settings.set('microsoft-sovereign-cloud.environment', 'USGovernment');
    const { accounts } = someAccounts();
    await accounts.token({ account: ann, resource: accounts.cloud().managementResource });
    expect(host.getSession.mock.calls[0]?.slice(0, 2)).toEqual([
      'microsoft-sovereign-cloud',
      ['https://management.core.usgovcloudapi.net//.default'],
    ]);
    host.getSession.mockRejectedValue(
      new Error("No authentication provider 'microsoft-sovereign-cloud' is currently registered."),
    );
    await expect(accounts.token({ account: ann, resource })).rejects.toMatchObject({ code: 'setupMissing' });
  });
});

describe('The accounts', () => {
  it('are those that signed in here, without prompting or activating a provider unnecessarily', async () => {
    expect(await someAccounts().accounts.list()).toEqual([]);
    expect(host.getAccounts).not.toHaveBeenCalled();
    host.getAccounts.mockResolvedValue([{ id: 'other', label: 'x' }, ann]);
    expect(await someAccounts({ microsoft: ['ann', 'gone'] }).accounts.list()).toEqual([ann]);
    expect(host.getSession).not.toHaveBeenCalled();
  });

  it('consist of the account of the silent session if VS Code cannot list accounts', async () => {
    fake.version = '1.90.2';
    const { accounts } = someAccounts({ microsoft: ['ann'] });
    expect(await accounts.list()).toEqual([ann]);
    expect(host.getSession.mock.calls[0]?.[2]).toEqual({ silent: true });
    host.getSession.mockResolvedValue(undefined);
    expect(await accounts.list()).toEqual([]);
    // VS Code 1.92 has it, but only for built-in extensions.
    expect(host.getAccounts).not.toHaveBeenCalled();
  });

  it('are added by signing in, and saved only by ID', async () => {
    const { accounts, state } = someAccounts();
    expect(await accounts.signIn()).toEqual(ann);
    expect(host.getSession.mock.calls[0]?.[2]).toEqual({ createIfNone: true, clearSessionPreference: true });
    expect(state.get('iotHubWorkbench.azureAccounts')).toEqual({ microsoft: ['ann'] });
    expect(JSON.stringify([...state])).not.toMatch(/secret|contoso/);
  });

  it('sign in again with a new session when the existing one is insufficient', async () => {
    const { accounts } = someAccounts();
    await accounts.signIn({ account: ann, tenantId: 'guest', resource });
    expect(host.getSession.mock.calls.map(([, , options]) => options as object)).toEqual([
      { silent: true, account: ann },
      { forceNewSession: true, account: ann },
    ]);
    host.getSession.mockReset().mockResolvedValueOnce(undefined).mockResolvedValue(session());
    await accounts.signIn({ account: ann, tenantId: 'guest', resource });
    expect(host.getSession.mock.calls[1]?.[2]).toEqual({ createIfNone: true, account: ann });
  });

  it('have changed when one is added or removed, or after a miss, but not for an additional session', async () => {
    vi.useFakeTimers();
    try {
      const { accounts } = someAccounts({ microsoft: ['ann'] });
      const changed = vi.fn();
      accounts.onDidChange(changed);
      await accounts.list();
      const sessionsChange = async () => {
        fake.sessionsChanged.fire({ provider: { id: 'microsoft', label: 'Microsoft' } });
        fake.sessionsChanged.fire({ provider: { id: 'microsoft', label: 'Microsoft' } });
        await vi.advanceTimersByTimeAsync(1_000);
      };
      await sessionsChange();
      expect(changed).not.toHaveBeenCalled();
      host.getAccounts.mockResolvedValue([]);
      await sessionsChange();
      expect(changed).toHaveBeenCalledTimes(1);
      await accounts.list();
      host.getSession.mockResolvedValue(undefined);
      await accounts.token({ account: ann, resource }).catch(() => undefined);
      await sessionsChange();
      expect(changed).toHaveBeenCalledTimes(2);
      fake.sessionsChanged.fire({ provider: { id: 'github', label: 'GitHub' } });
      await vi.advanceTimersByTimeAsync(1_000);
      expect(changed).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('have changed when the setting of the cloud or its authority changes, but for no other setting', async () => {
    vi.useFakeTimers();
    try {
      const { accounts } = someAccounts({ microsoft: ['ann'] });
      const changed = vi.fn();
      accounts.onDidChange(changed);
      const set = async (...names: string[]) => {
        for (const name of names) fireConfigurationChange(name);
        await vi.advanceTimersByTimeAsync(1_000);
      };
      await set('microsoft-sovereign-cloud.environment', 'microsoft-sovereign-cloud.customEnvironment');
      expect(changed).toHaveBeenCalledTimes(1);
      await set('iotHubWorkbench.azure.caFile');
      expect(changed).toHaveBeenCalledTimes(2);
      await set('iotHubWorkbench.monitor.format', 'iotHubWorkbench.azure.dataPlaneAccess', 'editor.fontSize');
      expect(changed).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
