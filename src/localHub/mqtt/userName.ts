export interface ConnectUserName {
  readonly host: string;
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly modelId?: string;
}

/**
 * `{host}/{deviceId}[/{moduleId}]/?api-version=…`, and the short forms seen in the field: without the query,
 * without its question mark, and without the slash before it.
 */
export function parseUserName(userName: string): ConnectUserName | undefined {
  // A device id may contain, and end with, a question mark.
  const unmarked = /^[^/]*\/[^/]*(?:\/[^/]*)?(?=\/(?:api-version|DeviceClientType|model-id)=)/i.exec(
    userName,
  );
  const marked = userName.search(/\/\?|\?(?=[\w-]+=)/);
  const queryStart = marked === -1 ? (unmarked?.[0].length ?? -1) : marked;
  const path = queryStart === -1 ? userName : userName.slice(0, queryStart);
  const query = queryStart === -1 ? '' : userName.slice(queryStart).replace(/^\/?\??/, '');
  const [host, deviceId, moduleId, ...rest] = path.replace(/\/$/, '').split('/');
  if (!host || !deviceId || rest.length > 0 || moduleId === '') return undefined;
  const modelId = new URLSearchParams(query).get('model-id');
  return {
    host,
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(modelId ? { modelId } : {}),
  };
}
