import 'reflect-metadata';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { type AzureAccounts, type TokenRequest } from '../../../src/core/azure/accounts';
import { readCloud } from '../../../src/core/azure/cloud';
import { makeCertificate } from '../../support/x509';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Raw text instead of a body. */
  readonly text?: string;
  /** Closes the connection before the announced end of the response. */
  readonly isCut?: boolean;
}

/** Replaces Azure Resource Manager with responses that a test provides. */
export interface ArmServer {
  readonly endpoint: string;
  readonly asked: Asked[];
  /** The paths, without a query. */
  readonly paths: () => string[];
  answer: (request: Asked, index: number) => Answer;
  readonly accounts: AzureAccounts;
  /** Token requests. The tokens are `token-1`, `token-2`, … unless a test provides others. */
  readonly tokenRequests: TokenRequest[];
  nextToken: (index: number) => string;
  close(): Promise<void>;
}

export const account = { id: 'ada', label: 'ada@contoso.com' };
export const subscription = { id: 's1', name: 'Plant', tenantId: 't1', state: 'Enabled', account };

export async function startArmServer(): Promise<ArmServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'arm-server-'));
  const { pem, keyPem } = await makeCertificate({
    commonName: 'localhost',
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const caFile = path.join(folder, 'ca.pem');
  fs.writeFileSync(caFile, pem);
  const server = https.createServer({ cert: pem, key: keyPem }, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const asked: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        token: request.headers.authorization?.replace('Bearer ', ''),
        headers: request.headers,
        body: text ? JSON.parse(text) : undefined,
      };
      arm.asked.push(asked);
      const { status = 200, headers = {}, body, text: raw, isCut } = arm.answer(asked, arm.asked.length - 1);
      const content = raw ?? (body === undefined ? '' : JSON.stringify(body));
      response.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(content) + (isCut ? 100 : 0),
        ...headers,
      });
      if (isCut) response.write(content, () => response.destroy());
      else response.end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  const arm: ArmServer = {
    endpoint,
    asked: [],
    paths: () => arm.asked.map((one) => one.path.split('?')[0] ?? ''),
    answer: () => ({ status: 404, body: {} }),
    tokenRequests: [],
    nextToken: (index) => `token-${index + 1}`,
    accounts: {
      onDidChange: () => ({ dispose: () => undefined }),
      cloud: () =>
        readCloud({
          environment: 'custom',
          customEnvironment: { resourceManagerEndpointUrl: endpoint },
          caFile,
        }),
      list: async () => [account],
      signIn: async () => account,
      token: async (request) => {
        arm.tokenRequests.push(request);
        return { token: arm.nextToken(arm.tokenRequests.length - 1), expiresAt: Date.now() + 60_000 };
      },
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  return arm;
}
