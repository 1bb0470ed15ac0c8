import { isFree } from '../../../core/azure/hubPlans';
import { type AzureHub } from '../../../core/azure/resources';
import { counted } from '../../../core/base/numbers';
import { defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { type Services } from '../../../services';

/** What is lost with a hub; `undefined` where it could not be read. */
export interface HubContents {
  readonly devices: number | undefined;
  readonly certificates: number | undefined;
  /** Besides the one that every hub has. */
  readonly consumerGroups: number | undefined;
}

/** Nobody waits long for what is only good to know. */
const patienceMs = 8_000;

/** Asks all that is known of a hub at once; what fails is said as unknown, and written to the log. */
export async function readContents(
  { hubCertificates, hubSettings, log }: Pick<Services, 'hubCertificates' | 'hubSettings' | 'log'>,
  hubId: string,
  signal: AbortSignal,
): Promise<HubContents> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const known = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      log.error(`Reading the ${what} of a hub that is to be deleted failed.`, error);
      return undefined;
    }
  };
  const [statistics, certificates, groups] = await Promise.all([
    known('statistics', async () => (await hubSettings.forHub(hubId, within)).statistics(within)),
    known('certificates', async () => (await hubCertificates.forHub(hubId, within)).list(within)),
    known('consumer groups', async () => (await hubSettings.forHub(hubId, within)).consumerGroups(within)),
  ]);
  return {
    devices: statistics?.total,
    certificates: certificates?.length,
    consumerGroups: groups?.filter((name) => name !== defaultConsumerGroup).length,
  };
}

/** What the confirmation says is lost, as sentences. */
export function hubContentsText(
  hub: AzureHub,
  { devices, certificates, consumerGroups }: HubContents,
): string {
  const keptFor = hub.events?.retentionDays;
  const losses = [
    devices === undefined
      ? 'its devices with their keys and twins'
      : devices === 0
        ? ''
        : `${counted(devices, 'device')} with keys and twins`,
    keptFor === undefined
      ? 'the messages that it keeps'
      : `the messages of the last ${keptFor === 1 ? 'day' : counted(keptFor, 'day')}`,
    certificates === undefined
      ? 'its CA certificates'
      : certificates === 0
        ? ''
        : counted(certificates, 'CA certificate'),
    consumerGroups === undefined
      ? 'its consumer groups'
      : consumerGroups === 0
        ? ''
        : counted(consumerGroups, 'consumer group'),
    'its keys, routes and settings',
  ].filter(Boolean);
  return [
    `Lost for good: ${losses.join(', ')}.`,
    'Its name may not be available again for a while.',
    isFree(hub.sku.name)
      ? 'It is the free hub of the subscription: another one can be created then.'
      : 'It costs nothing any more from then on.',
    `Resource group "${hub.resourceGroup}" stays.`,
  ].join('\n\n');
}
