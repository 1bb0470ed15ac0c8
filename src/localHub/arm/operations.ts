import type { HubRecord } from '../account/accountFile';
import { subscriptionId } from '../account/ids';
import type { Operation } from '../account/operations';
import type { Answer } from '../http/router';
import { hubsPath, type ArmApi, type ArmRequest } from './api';
import { describeHub } from './hubDescription';
import { platformError, refuse } from './errors';

const pollSeconds = 1;

/** Response headers that start a long-running operation on a hub, which is polled below its region. */
export function operationHeaders(
  { base, query }: ArmRequest,
  { location }: HubRecord,
  operation: Operation,
): Readonly<Record<string, string>> {
  const version = encodeURIComponent(query.get('api-version') ?? '');
  const result = `${base}${subscriptionId}/providers/Microsoft.Devices/locations/${location}/operationResults/${operation.id}?api-version=${version}&operationSource=other`;
  return {
    // Clients tell by the presence of this flag whether the response is a status or the result.
    'Azure-AsyncOperation': `${result}&asyncinfo`,
    Location: result,
    'Retry-After': String(pollSeconds),
  };
}

/** The results of long-running operations, which are kept until the process ends. */
export function addOperationRoutes(api: ArmApi): void {
  const { operations, hubs } = api.context;
  const find = (id: string): Operation =>
    operations.find(id) ??
    refuse(
      404,
      'OperationNotFound',
      `The operation '${id.slice(0, 100)}' does not exist, or its result is no longer available.`,
    );
  const paths = [
    '/subscriptions/{s}/providers/Microsoft.Devices/locations/{location}',
    // As in earlier versions of the service.
    `${hubsPath.replace('{rg}', '{group}')}/{name}`,
  ];
  for (const path of paths) {
    api.on('GET', `${path}/operationResults/{id}`, (request, { id = '' }) => {
      const operation = find(id);
      if (request.query.has('asyncinfo')) return stateOf(request, operation);
      return resultOf(operation, request, () => {
        const hub = hubs.find(operation.hubName ?? '');
        return hub ? { status: 200, body: describeHub(hub, hubs.hub(hub.name)) } : { status: 204 };
      });
    });
  }
  api.on('GET', '/subscriptions/{s}/operationresults/{id}', (request, { id = '' }) =>
    resultOf(find(id), request, () => ({ status: 200 })),
  );
}

const time = (ms: number): string => new Date(ms).toISOString();

function stateOf(request: ArmRequest, operation: Operation): Answer {
  const { id, status, startedAtMs, endedAtMs, failure } = operation;
  return {
    status: 200,
    body: {
      id: `/${request.path.join('/')}`,
      name: id,
      status,
      startTime: time(startedAtMs),
      ...(endedAtMs === undefined ? {} : { endTime: time(endedAtMs) }),
      ...(failure ? { error: failure } : {}),
    },
    ...(status === 'Running' ? { headers: { 'Retry-After': String(pollSeconds) } } : {}),
  };
}

function resultOf({ status, failure }: Operation, request: ArmRequest, whenDone: () => Answer): Answer {
  if (status === 'Running') {
    const path = request.path.map(encodeURIComponent).join('/');
    const Location = `${request.base}/${path}?${request.query.toString()}`;
    return { status: 202, headers: { Location, 'Retry-After': String(pollSeconds) } };
  }
  if (failure) return platformError(409, failure.code, failure.message);
  return whenDone();
}
