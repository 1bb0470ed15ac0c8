import type { Address } from '../addresses';
import { attachPartition } from '../attachPartition';
import { PartitionReader } from '../partitionReader';
import { refuseToReceive, type AmqpNode } from './node';

/** The events of one partition, for a reader in a consumer group. */
export const partitionNode: AmqpNode<Extract<Address, { readonly kind: 'partition' }>> = {
  attachSender: (sender, address, { endpoint, channel }) => {
    const reader = attachPartition(endpoint, channel, sender, address);
    if (!(reader instanceof PartitionReader)) return { error: reader };
    return {
      state: {
        dispose: () => {
          reader.dispose();
        },
      },
    };
  },
  attachReceiver: (_receiver, _address, _connection, text) => refuseToReceive(text),
};
