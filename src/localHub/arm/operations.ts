import type { Operation } from '../account/operations';
import type { Answer } from '../http/router';
import { hubsPath, type ArmApi, type ArmRequest } from './api';
import { describeHub } from './hubDescription';
import { platformError, refuse } from './errors';

const pollSeconds = 1;

/** Response headers that start a long-running operation on a hub. */
export function operationHeaders(
  { base, path, query }: ArmRequest,
  operation: Operation,
): Readonly<Record<string, string>> {
  const version = encodeURIComponent(query.get('api-version') ?? '');
  const result = `${base}/${path.map(encodeURIComponent).join('/')}/operationResults/${operation.id}?api-version=${version}&operationSource=other`;
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
  const path = hubsPath.replace('{rg}', '{group}');
  api.on('GET', `${path}/{name}/operationResults/{id}`, (request, { name = '', id = '' }) => {
    const operation = find(id);
    if (request.query.has('asyncinfo')) return stateOf(request, operation);
    return resultOf(operation, request, () => {
      const hub = hubs.find(name);
      return hub ? { status: 200, body: describeHub(hub, hubs.hub(name)) } : { status: 204 };
    });
  });
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
