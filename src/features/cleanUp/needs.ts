import { type Disposable } from '../../core/base/disposable';
import { type Node } from '../../explorer/nodes';
import { type Services } from '../../services';

export type CleanUpNeeds = Pick<
  Services,
  | 'hubs'
  | 'registries'
  | 'devices'
  | 'certificates'
  | 'hubCertificates'
  | 'authorities'
  | 'passphrases'
  | 'azure'
  | 'management'
  | 'createdResources'
  | 'log'
>;

/** What is loaded when the command is called for the first time. */
export interface CleaningUp extends Disposable {
  cleanUp(node?: Node): Promise<void>;
}
