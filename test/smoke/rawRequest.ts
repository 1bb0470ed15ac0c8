import https from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** For the support of Azure. */
  readonly trackingId: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly url: string;
  readonly authorization: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca?: string | undefined;
}

const trackingHeaders = ['x-ms-correlation-request-id', 'x-ms-request-id', 'iothub-requestid', 'request-id'];

/** A request without an SDK, so that status, headers and body are those of the service. */
export function request({
  method = 'GET',
  url,
  authorization,
  body,
  headers = {},
  ca,
}: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const call = https.request(
      url,
      {
        method,
        agent: false,
        timeout: 60_000,
        ...(ca === undefined ? {} : { ca }),
        headers: {
          Authorization: authorization,
          ...(content === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const { headers: received, statusCode: status = 0 } = response;
          const header = trackingHeaders.map((name) => received[name]).find((value) => value !== undefined);
          const inText = /Tracking ID:\s*([\w-]+)/i.exec(text)?.[1];
          resolve({
            status,
            headers: received,
            body: parse(text),
            trackingId: String(header ?? inText ?? ''),
          });
        });
        response.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error('No answer within 60 seconds.')));
    call.on('error', reject);
    call.end(content);
  });
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** @throws Error with the status and the reason of the service */
export function expectStatus(answer: RawAnswer, ...wanted: readonly number[]): RawAnswer {
  if (wanted.includes(answer.status)) return answer;
  const said = JSON.stringify(answer.body ?? '').slice(0, 300);
  throw new Error(
    `status ${answer.status} instead of ${wanted.join(' or ')}: ${said} [${answer.trackingId}]`,
  );
}

export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
