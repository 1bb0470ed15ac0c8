import * as l10n from '@vscode/l10n';
import { type TokenRequest } from '../core/azure/accounts';
import { type AzureCloud } from '../core/azure/azureCloud';
import { abortError } from '../core/base/abort';
import { IotError, isIotError, plainMessage } from '../core/errors';

/**
 * Microsoft Entra ID issues no token for an API that the tenant does not have (500011), that VS Code is not preauthorized for
 * (65002), or that was not consented to (65001).
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function withheldToken(error: IotError, { resource }: TokenRequest): IotError | undefined {
  const said = plainMessage(isIotError(error.cause) ? error : (error.cause ?? error));
  if (!/AADSTS(?:65002|65001|500011)\b/.test(said)) return undefined;
  return new IotError(
    'unsupported',
    l10n.t(
      'The sign-in of VS Code cannot obtain tokens for {0} in this tenant, and signing in again does not change this: {1}',
      resource,
      said,
    ),
    { cause: error },
  );
}

export function signInNeeded(request: TokenRequest): IotError {
  const { account, tenantId, resource, challenge } = request;
  return new IotError('signInNeeded', l10n.t('Sign in again as {0} to continue.', account.label), {
    action: {
      kind: 'renewSession',
      session: {
        account,
        resource,
        ...(tenantId ? { tenantId } : {}),
        ...(challenge === undefined ? {} : { challenge }),
      },
    },
  });
}

export function signInFailure(error: unknown, cloud: AzureCloud): Error {
  const said = plainMessage(error);
  const name = error instanceof Error ? error.name : '';
  // The user declined when VS Code asked whether this extension may use the account.
  if (/^Cancell?ed$/i.test(name) || /did not consent|\bcancell?ed\b/i.test(said)) return abortError();
  if (/no authentication provider|timed out waiting for authentication provider/i.test(said)) {
    return new IotError(
      'setupMissing',
      l10n.t(
        'This version of VS Code cannot sign in to {0}: it has no authentication provider "{1}".',
        cloud.name,
        cloud.provider,
      ),
      { cause: error },
    );
  }
  return new IotError('unauthorized', l10n.t('Signing in to {0} failed: {1}', cloud.name, said), {
    cause: error,
  });
}
