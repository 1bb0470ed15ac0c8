import * as l10n from '@vscode/l10n';
import { isSameText } from '../base/sameText';
import { IotError } from '../errors';
import { type CreatedResourceOf } from './createdResourceLog';
import { type CreatedResource } from './createdResources';
import { type AzureHub, type HubReference } from './resources';
import { resourcesOfKind } from './trackedResources';

/** For this long after its creation, a resource that is not found is not taken for deleted: it may cost money. */
const newMs = 60 * 60_000;

/**
 * Distinguishes resources that are deleted from those that Azure does not find yet: a server of Azure that does not know a
 * new resource answers 404 as for a deleted one. A resource counts as deleted when the list of the subscription does not
 * contain it either, and its creation was not a moment ago.
 */
export class DeletedResources {
  constructor(
    private readonly tracked: readonly CreatedResource[],
    private readonly now: () => number = Date.now,
  ) {}

  /** @param list reads the resource groups of the subscription */
  async hasGroup(
    { name, createdAt }: CreatedResourceOf<'resourceGroup'>,
    list: () => Promise<readonly { readonly name: string }[]>,
  ): Promise<boolean> {
    return !this.isNew(createdAt) && !(await list()).some((group) => isSameText(group.name, name));
  }

  /** @param list reads the hubs of the subscription */
  async hasHub(
    hub: HubReference & { readonly subscriptionId: string },
    list: () => Promise<readonly Pick<AzureHub, 'resourceGroup' | 'name'>[]>,
  ): Promise<boolean> {
    const isThis = ({ resourceGroup, name }: HubReference) =>
      isSameText(resourceGroup, hub.resourceGroup) && isSameText(name, hub.name);
    const created = resourcesOfKind(this.tracked, 'hub').find(
      (one) => isSameText(one.subscriptionId, hub.subscriptionId) && isThis(one),
    );
    return !this.isNew(created?.createdAt) && !(await list()).some(isThis);
  }

  private isNew(createdAt: number | undefined): boolean {
    return createdAt !== undefined && Math.abs(this.now() - createdAt) < newMs;
  }
}

export const notFoundYet = (name: string) =>
  new IotError(
    'notReady',
    l10n.t(
      '"{0}" was created, and Azure does not find it at the moment. Check again later, or look for it in the Azure portal.',
      name,
    ),
  );
