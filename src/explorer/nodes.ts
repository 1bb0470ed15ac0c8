import { type AzureAccount } from '../core/azure/accounts';
import { subscriptionKey } from '../core/azure/azureDirectory';
import { type AzureSubscription } from '../core/azure/resources';
import { type Authority, type IssuedCertificate } from '../core/certificate/authorityStore';
import { type HubCertificate } from '../core/certificate/hubCertificates';
import { type DeviceSummary } from '../core/device/device';

/** The tree as data: a node never fetches, never draws and never holds a secret. */
export type Node =
  | {
      readonly kind: 'account';
      readonly hubId?: undefined;
      readonly account: AzureAccount;
      /** Name of the cloud, when it is another than Azure's public one. */
      readonly cloud?: string;
    }
  | { readonly kind: 'subscription'; readonly hubId?: undefined; readonly subscription: AzureSubscription }
  | { readonly kind: 'hub'; readonly hubId: string }
  | { readonly kind: 'deviceFolder'; readonly hubId: string }
  | { readonly kind: 'certificateFolder'; readonly hubId: string }
  | { readonly kind: 'hubCertificate'; readonly hubId: string; readonly certificate: HubCertificate }
  /** The authorities of this computer, beside the hubs. */
  | { readonly kind: 'authorityFolder'; readonly hubId?: undefined }
  | { readonly kind: 'authority'; readonly hubId?: undefined; readonly authority: Authority }
  | { readonly kind: 'selfSignedFolder'; readonly hubId?: undefined }
  | {
      readonly kind: 'issuedCertificate';
      readonly hubId?: undefined;
      readonly certificate: IssuedCertificate;
      /** Absent when it is self-signed. */
      readonly authority?: Authority;
    }
  | { readonly kind: 'device'; readonly hubId: string; readonly device: DeviceSummary }
  | { readonly kind: 'loadMore'; readonly hubId: string; readonly loaded: number }
  /** Says what a place is for, or what is to be done there; a click does it when there is a command. */
  | {
      readonly kind: 'notice';
      readonly hubId?: string | undefined;
      readonly branch: Branch;
      /** Absent below a hub, and at the top. */
      readonly above?: AzureNode;
      readonly text: string;
      readonly icon: string;
      readonly detail?: string;
      readonly command?: string;
    }
  | {
      readonly kind: 'failure';
      readonly hubId?: string | undefined;
      readonly branch: Branch;
      readonly above?: AzureNode;
      /** What failed, when it is not the node above. */
      readonly name?: string;
      readonly message: string;
      /** What a click does; without it the branch is asked for again. */
      readonly command?: string;
      /** The session that is missing. */
      readonly signIn?: MissingSession;
    };

export interface MissingSession {
  readonly account: AzureAccount;
  readonly tenantId?: string;
  /** Whom the token should be for; Azure Resource Manager when it is absent. */
  readonly resource?: string;
  /** What Azure wants more, such as a second factor. */
  readonly challenge?: string;
}

export type Branch = 'azure' | 'tenant' | 'subscription' | 'hub' | 'devices' | 'certificates' | 'authorities';
export type AzureNode = NodeOf<'account' | 'subscription'>;
export type NodeKind = Node['kind'];
export type NodeOf<K extends NodeKind> = Extract<Node, { kind: K }>;

/** A path, stable across refreshes. */
export function nodeId(node: Node): string {
  switch (node.kind) {
    case 'account':
      return `azure/${node.account.id}`;
    case 'subscription':
      return subscriptionKey(node.subscription);
    case 'hub':
      return node.hubId;
    case 'deviceFolder':
      return `${node.hubId}/devices`;
    case 'certificateFolder':
      return `${node.hubId}/certificates`;
    case 'hubCertificate':
      return `${node.hubId}/certificates/${node.certificate.name}`;
    case 'authorityFolder':
      return '//authorities';
    case 'authority':
      return `//authorities/${node.authority.id}`;
    case 'selfSignedFolder':
      return '//authorities//selfSigned';
    case 'issuedCertificate':
      return `//authorities/${node.authority?.id ?? '/selfSigned'}/${node.certificate.id}`;
    case 'device':
      return `${node.hubId}/devices/${node.device.deviceId}`;
    case 'loadMore':
      return `${node.hubId}/devices//more`;
    case 'notice':
      return `${idAbove(node)}/${node.branch}//notice/${node.text}`;
    case 'failure':
      return `${idAbove(node)}/${node.branch}//failure/${node.signIn?.tenantId ?? ''}`;
  }
}

const idAbove = ({ above, hubId }: NodeOf<'notice' | 'failure'>) => (above ? nodeId(above) : (hubId ?? ''));

/** Account and subscription that a node is under, or is. */
export function azureScopeOf(node: Node | undefined): {
  readonly account?: AzureAccount;
  readonly subscription?: AzureSubscription;
} {
  switch (node?.kind) {
    case 'account':
      return { account: node.account };
    case 'subscription':
      return { account: node.subscription.account, subscription: node.subscription };
    case 'notice':
    case 'failure':
      return azureScopeOf(node.above);
    default:
      return {};
  }
}

/** The node above, for revealing; of a hub only the tree knows it. */
export function parentOf(node: Node): Node | undefined {
  switch (node.kind) {
    case 'hub':
    case 'account':
    case 'authorityFolder':
      return undefined;
    case 'subscription':
      return { kind: 'account', account: node.subscription.account };
    case 'deviceFolder':
    case 'certificateFolder':
      return { kind: 'hub', hubId: node.hubId };
    case 'hubCertificate':
      return { kind: 'certificateFolder', hubId: node.hubId };
    case 'authority':
    case 'selfSignedFolder':
      return { kind: 'authorityFolder' };
    case 'issuedCertificate':
      return node.authority ? { kind: 'authority', authority: node.authority } : { kind: 'selfSignedFolder' };
    case 'device':
    case 'loadMore':
      return { kind: 'deviceFolder', hubId: node.hubId };
    case 'notice':
    case 'failure':
      return node.above ?? parentOfBranch(node.branch, node.hubId);
  }
}

function parentOfBranch(branch: Branch, hubId: string | undefined): Node | undefined {
  if (branch === 'azure') return undefined;
  if (hubId === undefined) return { kind: 'authorityFolder' };
  switch (branch) {
    case 'authorities':
      return { kind: 'authorityFolder' };
    case 'hub':
    case 'tenant':
    case 'subscription':
      return { kind: 'hub', hubId };
    case 'devices':
      return { kind: 'deviceFolder', hubId };
    case 'certificates':
      return { kind: 'certificateFolder', hubId };
  }
}
