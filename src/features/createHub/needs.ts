import { type Node } from '../../explorer/nodes';
import { type Services } from '../../services';

export type CreateHubNeeds = Pick<
  Services,
  | 'hubs'
  | 'devices'
  | 'certificates'
  | 'hubCertificates'
  | 'hubSettings'
  | 'explorer'
  | 'azure'
  | 'accounts'
  | 'management'
  | 'createdResources'
  | 'log'
>;

/** What is loaded when the first of the commands is called. */
export interface Creating {
  createHub(node?: Node): Promise<void>;
  deleteHub(node?: Node): Promise<void>;
}
