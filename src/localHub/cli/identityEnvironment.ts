import type { LocalHubEndpoints } from '../control/contract';

/**
 * The managed identity as environment variables, as Azure App Service sets them, so that `DefaultAzureCredential` and
 * `az login --identity` receive the bearer token. They replace existing ones, since the token of another identity is
 * not accepted.
 */
export const identityEnvironment = ({
  identityEndpoint,
  identityHeader,
}: LocalHubEndpoints): NodeJS.ProcessEnv => ({
  IDENTITY_ENDPOINT: identityEndpoint,
  IDENTITY_HEADER: identityHeader,
  // Some clients, such as az, use the endpoint without its secret, so it is part of the path.
  MSI_ENDPOINT: identityEndpoint.replace(/\/token$/, `/${identityHeader}/token`),
  MSI_SECRET: identityHeader,
  // Select other kinds of managed identities.
  IDENTITY_SERVER_THUMBPRINT: undefined,
  IMDS_ENDPOINT: undefined,
});
