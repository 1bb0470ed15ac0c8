// Authenticates with the managed identity of its environment, and lists the subscriptions of ARM with its token.
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';

const scope = 'https://management.azure.com/.default';
const { token } = await new DefaultAzureCredential().getToken(scope);
const other = await new ManagedIdentityCredential({ clientId: 'any' }).getToken(scope);
const answer = await fetch(`${process.env.LOCAL_HUB_ARM_ENDPOINT}/subscriptions?api-version=2022-12-01`, {
  headers: { Authorization: `Bearer ${token}` },
});
console.log(answer.status, other.token === token, other.expiresOnTimestamp > Date.now());
