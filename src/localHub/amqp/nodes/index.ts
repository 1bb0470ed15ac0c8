import { notFound } from '../attachPartition';
import { putToken } from '../cbs';
import { notSupported, type Address } from '../addresses';
import { manage } from '../management';
import { redirect } from '../redirect';
import { attachReplyLink, refuseToReceive, type AmqpNode, type AttachResult } from './node';
import { partitionNode } from './partitionNode';

type NodeTable = { readonly [K in Address['kind']]: AmqpNode<Extract<Address, { readonly kind: K }>> };

/** Claims-based security: tokens of the connection. */
const cbsNode: NodeTable['cbs'] = {
  attachSender: (sender, _, { cbsReplies }) => attachReplyLink(cbsReplies, sender),
  attachReceiver: (receiver, _, { context, cbsReplies, serveRequests, grant }) => {
    serveRequests(receiver, cbsReplies, (request) => {
      const { reply, scope } = putToken(context, request);
      if (scope) grant(scope);
      return reply;
    });
    return { state: {} };
  },
};

/** `$management` serves all entities, so each request is authorized by itself. */
const managementNode: NodeTable['management'] = {
  attachSender: (sender, _, { managementReplies }) => attachReplyLink(managementReplies, sender),
  attachReceiver: (receiver, _, { context, managementReplies, serveRequests, isCovered }) => {
    serveRequests(receiver, managementReplies, (request) => manage(context, request, isCovered));
    return { state: {} };
  },
};

const redirectNode: NodeTable['redirect'] = {
  attachSender: (_sender, _, { context }) => ({ error: redirect(context), isConfirmed: true }),
  attachReceiver: (_receiver, _, { context }) => ({ error: redirect(context), isConfirmed: true }),
};

const notImplemented = ({ feature, advice }: Extract<Address, { kind: 'service' }>): AttachResult => ({
  error: { condition: 'amqp:not-implemented', description: notSupported(feature, advice) },
});

const serviceNode: NodeTable['service'] = {
  attachSender: (_, address) => notImplemented(address),
  attachReceiver: (_, address) => notImplemented(address),
};

const unknownNode: NodeTable['unknown'] = {
  attachSender: (_, { name }) => ({ error: notFound(name) }),
  attachReceiver: (_receiver, _address, _connection, text) => refuseToReceive(text),
};

const nodes: NodeTable = {
  cbs: cbsNode,
  management: managementNode,
  partition: partitionNode,
  redirect: redirectNode,
  service: serviceNode,
  unknown: unknownNode,
};

export const findNode = (address: Address): AmqpNode => nodes[address.kind];
