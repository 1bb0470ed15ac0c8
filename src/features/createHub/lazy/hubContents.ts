import * as l10n from '@vscode/l10n';
import { isFree } from '../../../core/azure/hubPlans';
import { type AzureHub } from '../../../core/azure/resources';
import { listText } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';
import { defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { type Services } from '../../../services';

/** What a hub contains; `undefined` where it could not be read. */
export interface HubContents {
  readonly devices: number | undefined;
  readonly certificates: number | undefined;
  /** In addition to the default one. */
  readonly consumerGroups: number | undefined;
}

/** Nice to know, so not worth a long wait. */
const timeLimitMs = 8_000;

/** Reads all counts of a hub at once; a failure makes a count unknown and is written to the log. */
export async function readContents(
  { hubCertificates, hubSettings, log }: Pick<Services, 'hubCertificates' | 'hubSettings' | 'log'>,
  hubId: string,
  signal: AbortSignal,
): Promise<HubContents> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
  const known = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      log.error(`Reading the ${what} of a hub before deleting it failed.`, error);
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

/** What the confirmation says about the loss, as sentences. */
export function hubContentsText(hub: AzureHub, contents: HubContents): string {
  const lost = [
    devicesText(contents.devices),
    messagesText(hub.events?.retentionDays),
    certificatesText(contents.certificates),
    consumerGroupsText(contents.consumerGroups),
    l10n.t('keys'),
    l10n.t('routes'),
    l10n.t('settings'),
  ].filter(Boolean);
  return [
    l10n.t('The following will be deleted permanently: {0}.', listText(lost)),
    l10n.t('The name may not be available again for a while.'),
    isFree(hub.sku.name)
      ? l10n.t('This is the free hub of the subscription. You can create another one afterward.')
      : l10n.t('It no longer incurs charges after that.'),
    l10n.t('Resource group "{0}" is kept.', hub.resourceGroup),
  ].join('\n\n');
}

const devicesText = (count: number | undefined) =>
  count === undefined
    ? l10n.t('devices with keys and twins')
    : count === 0
      ? ''
      : count === 1
        ? l10n.t('1 device with keys and twin')
        : l10n.t('{0} devices with keys and twins', formatCount(count));

const messagesText = (days: number | undefined) =>
  days === undefined
    ? l10n.t('retained messages')
    : days === 1
      ? l10n.t('the messages of the last day')
      : l10n.t('the messages of the last {0} days', days);

const certificatesText = (count: number | undefined) =>
  count === undefined
    ? l10n.t('CA certificates')
    : count === 0
      ? ''
      : count === 1
        ? l10n.t('1 CA certificate')
        : l10n.t('{0} CA certificates', formatCount(count));

const consumerGroupsText = (count: number | undefined) =>
  count === undefined
    ? l10n.t('consumer groups')
    : count === 0
      ? ''
      : count === 1
        ? l10n.t('1 consumer group')
        : l10n.t('{0} consumer groups', formatCount(count));
