import { type Authority, type IssuedCertificate } from '../core/certificate/authorityStore';
import { type HubCertificate } from '../core/certificate/hubCertificates';
import { type DeviceSummary } from '../core/device/device';

/** The tree as data: a node never fetches, never draws and never holds a secret. */
export type Node =
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
      readonly place: Place;
      readonly text: string;
      readonly icon: string;
      readonly detail?: string;
      readonly command?: string;
    }
  | {
      readonly kind: 'failure';
      readonly hubId?: string | undefined;
      readonly place: Place;
      readonly message: string;
      /** What a click does; without it the branch is asked for again. */
      readonly command?: string;
    };

export type Place = 'hub' | 'devices' | 'certificates' | 'authorities';
export type NodeKind = Node['kind'];
export type NodeOf<K extends NodeKind> = Extract<Node, { kind: K }>;

/** A path, stable across refreshes. */
export function nodeId(node: Node): string {
  switch (node.kind) {
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
      return `${node.hubId ?? ''}/${node.place}//notice/${node.text}`;
    case 'failure':
      return `${node.hubId ?? ''}/${node.place}//failure`;
  }
}

/** The node above, for revealing. */
export function parentOf(node: Node): Node | undefined {
  switch (node.kind) {
    case 'hub':
    case 'authorityFolder':
      return undefined;
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
      return parentOfPlace(node.place, node.hubId);
  }
}

function parentOfPlace(place: Place, hubId: string | undefined): Node {
  if (hubId === undefined) return { kind: 'authorityFolder' };
  switch (place) {
    case 'authorities':
      return { kind: 'authorityFolder' };
    case 'hub':
      return { kind: 'hub', hubId };
    case 'devices':
      return { kind: 'deviceFolder', hubId };
    case 'certificates':
      return { kind: 'certificateFolder', hubId };
  }
}
