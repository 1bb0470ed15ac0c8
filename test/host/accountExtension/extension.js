// Contributes the authentication provider that VS Code's Microsoft sign-in uses for sovereign and custom clouds. Its
// tokens are those of the local hub, read from the file that a setting specifies.
const { readFileSync } = require('node:fs');
const vscode = require('vscode');

const accounts = [
  { id: 'ann', label: 'ann@localhost' },
  { id: 'bob', label: 'bob@localhost' },
];

/** @implements {vscode.AuthenticationProvider} */
class LocalHubSignIn {
  changed = new vscode.EventEmitter();
  onDidChangeSessions = this.changed.event;

  constructor(state) {
    this.state = state;
  }

  /** A call without scopes comes from the Accounts menu, which also lists accounts whose sessions have expired. */
  async getSessions(scopes, { account } = {}) {
    const known = this.signedIn().filter(({ id }) => !account || account.id === id);
    if (!scopes) return known.map((one) => ({ ...this.session(one, []), accessToken: '' }));
    return this.state.get('hasExpired', false) ? [] : known.map((one) => this.session(one, scopes));
  }

  async createSession(scopes, { account } = {}) {
    const chosen = account ?? accounts.find((one) => !this.signedIn().some(({ id }) => id === one.id));
    const session = this.session(chosen ?? accounts[0], scopes);
    const ids = new Set([...this.signedIn().map(({ id }) => id), session.account.id]);
    await this.state.update('signedIn', [...ids]);
    await this.state.update('hasExpired', false);
    this.changed.fire({ added: [session], removed: [], changed: [] });
    return session;
  }

  async removeSession() {
    const removed = this.signedIn().map((one) => this.session(one, []));
    await this.state.update('signedIn', []);
    this.changed.fire({ added: [], removed, changed: [] });
  }

  async expire() {
    await this.state.update('hasExpired', true);
  }

  signedIn() {
    const ids = this.state.get('signedIn', []);
    return accounts.filter(({ id }) => ids.includes(id));
  }

  session(account, scopes) {
    const tokenFile = vscode.workspace.getConfiguration('testAccount').get('tokenFile');
    const accessToken = readFileSync(tokenFile, 'utf8').trim();
    return { id: `${account.id} ${scopes.join(' ')}`, account, scopes: [...scopes], accessToken };
  }
}

exports.activate = (context) => {
  const signIn = new LocalHubSignIn(context.globalState);
  context.subscriptions.push(
    vscode.authentication.registerAuthenticationProvider('microsoft-sovereign-cloud', 'Test Cloud', signIn, {
      supportsMultipleAccounts: true,
    }),
    vscode.commands.registerCommand('testAccount.expire', () => signIn.expire()),
    vscode.commands.registerCommand('testAccount.signOut', () => signIn.removeSession()),
  );
};
