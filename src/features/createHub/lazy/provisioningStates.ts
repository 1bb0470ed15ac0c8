/** States of ARM's long operations, in words. @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
const words: Readonly<Record<string, string>> = {
  accepted: 'Azure has taken the request',
  activating: 'Azure is activating the hub',
  creating: 'Azure is creating the hub',
  deleting: 'Azure is deleting the hub',
  inprogress: 'Azure is at it',
  registering: 'Azure is registering it',
  running: 'Azure is at it',
  succeeded: 'done',
};

export const provisioningStateText = (state: string) =>
  words[state.toLowerCase().replace(/[^a-z]/g, '')] ?? `Azure says: ${state}`;
