import { type Services } from '../../../services';

/** How long hubs of other sources are waited for, which come by themselves. */
const patienceMs = 5_000;

/**
 * Waits for a hub that a page of before names. Those of Azure accounts come into the list when their subscription is
 * read: for one of them, that is done. It may be gone all the same.
 */
export async function findHub(
  { hubs, azure, log }: Pick<Services, 'hubs' | 'azure' | 'log'>,
  hubId: string,
): Promise<void> {
  const subscriptionId = /^azure:\/subscriptions\/([^/]+)\//.exec(hubId)?.[1];
  if (hubs.find(hubId)) return;
  if (subscriptionId !== undefined) {
    try {
      const { subscriptions } = await azure.subscriptions();
      const own = subscriptions.filter(({ id }) => id.toLowerCase() === subscriptionId);
      await Promise.all(own.map((subscription) => azure.hubs(subscription)));
    } catch (error) {
      // The overview says that the hub is not there; the tree says why.
      log.warn(`The hub of an overview could not be looked for: ${String(error)}`);
    }
    return;
  }
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    const subscription = hubs.onDidChange(() => {
      if (hubs.find(hubId)) done();
    });
  });
}
