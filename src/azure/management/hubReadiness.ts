import https from 'node:https';
import { type AzureHub } from '../../core/azure/resources';
import { readCa } from '../trust';

const probeMs = 15_000;
const maxAnswerBytes = 16_384;

/**
 * Whether a new hub can be connected to. Its host name may not be resolved yet, and the service may answer 401 with
 * `IotHubNotFound`. The request has no credentials; any other answer comes from the hub itself, and another network failure is
 * not one of the hub.
 * @see https://learn.microsoft.com/troubleshoot/azure/iot-hub/iot-hub-troubleshoot-error-codes
 */
export async function isHubServing(
  { hostName }: Pick<AzureHub, 'hostName'>,
  caFile?: string,
  signal?: AbortSignal,
) {
  const [, host, port] = /^([^:/\s]+)(?::(\d{1,5}))?$/.exec(hostName) ?? [];
  if (!host) return false;
  const ca = await readCa(caFile);
  return new Promise<boolean>((resolve) => {
    const request = https.get(
      {
        host,
        port: Number(port ?? 443),
        path: '/statistics/service?api-version=2021-04-12',
        agent: false,
        timeout: probeMs,
        ...(ca === undefined ? {} : { ca }),
        ...(signal ? { signal } : {}),
      },
      (response) => {
        let text = String(response.headers['iothub-errorcode'] ?? '');
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < maxAnswerBytes) text += chunk;
        });
        response.on('close', () => resolve(!/IotHubNotFound/i.test(text)));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ENOTFOUND' && error.code !== 'EAI_AGAIN'),
    );
    // Without a response, there is no answer that speaks against it.
    request.on('close', () => resolve(true));
  });
}
