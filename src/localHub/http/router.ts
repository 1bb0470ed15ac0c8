import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { HubError } from '../errors';
import { unfinishedBodies } from './unfinishedBodies';

/** A request without its body. */
export interface Target {
  readonly method: string;
  /** Decoded path segments. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface Request extends Target {
  /** Parsed JSON, or undefined if there is no body. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (
  request: Request,
  parameters: Readonly<Record<string, string>>,
) => Answer | Promise<Answer>;

/** Reads the body itself, or not at all. */
export interface MessageHandler {
  answer(
    message: IncomingMessage,
    target: Target,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export type HubRouter = Router<Handler | MessageHandler>;

interface Route<T> {
  readonly method: string;
  readonly pattern: readonly string[];
  readonly handler: T;
}

/** Routes by method and path; `{name}` is a parameter, fixed parts are case-insensitive (as in ARM). */
export class Router<T = Handler> {
  private readonly routes: Route<T>[] = [];
  private unsupported: readonly (readonly string[])[] = [];

  on(method: string, path: string, handler: T): this {
    this.routes.push({ method, pattern: segmentsOf(path), handler });
    return this;
  }

  /** The beginnings of paths that IoT Hub has and the local hub has not. */
  refuseBelow(...paths: readonly string[]): this {
    this.unsupported = [...this.unsupported, ...paths.map(segmentsOf)];
    return this;
  }

  /** @throws HubError NotFound, NotImplemented, MethodNotAllowed */
  find(method: string, path: readonly string[]): { handler: T; parameters: Record<string, string> } {
    let known = false;
    for (const route of this.routes) {
      const parameters = match(route.pattern, path);
      if (!parameters) continue;
      if (route.method === method) return { handler: route.handler, parameters };
      known = true;
    }
    if (known) throw new HubError('MethodNotAllowed', `${method} is not allowed for this resource`);
    const isKnown = this.unsupported.some((start) => match(start, path.slice(0, start.length)));
    throw new HubError(
      isKnown ? 'NotImplemented' : 'NotFound',
      `The local hub does not support /${path.join('/')}`,
    );
  }
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function match(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = path[i] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return parameters;
}

const maxBodyBytes = 2 * 1024 * 1024;
/** Code that walks through a body, such as `JSON.stringify`, is recursive. */
const maxBodyDepth = 128;

function isDeeperThan(maxDepth: number, value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= maxDepth; depth++) {
    level = level.flatMap((one): unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** @throws HubError ArgumentInvalid */
export function readTarget(message: IncomingMessage): Target {
  const url = urlOf(message);
  let path: string[];
  try {
    path = segmentsOf(url.pathname).map(decodeURIComponent);
  } catch {
    throw new HubError('ArgumentInvalid', 'The path has an invalid percent escape');
  }
  return { method: message.method ?? 'GET', path, query: url.searchParams, headers: message.headers };
}

/** @throws HubError ArgumentInvalid, MessageTooLarge */
export async function readRequest(message: IncomingMessage): Promise<Request> {
  const target = readTarget(message);
  const text = await readText(message);
  let body: unknown;
  if (text.trim() !== '') {
    try {
      // PowerShell sends a byte order mark.
      body = JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch {
      throw new HubError('ArgumentInvalid', 'The body is not valid JSON');
    }
    if (isDeeperThan(maxBodyDepth, body)) {
      throw new HubError('ArgumentInvalid', `The body has more than ${maxBodyDepth} levels`);
    }
  }
  return { ...target, body };
}

/** The target of a request, in which empty segments are allowed. @throws HubError ArgumentInvalid */
export function urlOf({ url = '/' }: IncomingMessage): URL {
  const text = url.startsWith('/') ? `https://hub${url}` : url;
  if (!URL.canParse(text)) throw new HubError('ArgumentInvalid', 'The request target is not a valid URL');
  return new URL(text);
}

/** Reads a body as text. @throws HubError MessageTooLarge, ArgumentInvalid */
export async function readText(message: IncomingMessage): Promise<string> {
  return (await readBytes(message, maxBodyBytes)).toString('utf8');
}

/** Reads a body. @throws HubError MessageTooLarge, ArgumentInvalid */
export async function readBytes(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The connection stays open for the answer.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
      unfinishedBodies.add(message, chunk.length);
    }
  } catch {
    // The client disconnected, or its chunked encoding is not valid.
    throw new HubError('ArgumentInvalid', 'The body is incomplete');
  } finally {
    unfinishedBodies.remove(message);
  }
  if (size <= maxBytes) return Buffer.concat(chunks);
  // Discards the rest of the body; the next request follows it.
  message.resume();
  throw new HubError('MessageTooLarge', `The body exceeds the limit of ${maxBytes} bytes`);
}

/**
 * Sends an answer; one that has no JSON form, or one that is too long, costs this request only.
 * @param onFailure returns the answer for the error, which has a form
 */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  onFailure: (error: unknown) => Answer,
): void {
  try {
    writeAnswer(response, answer);
  } catch (error) {
    const failed = onFailure(error);
    if (response.headersSent) response.destroy();
    else writeAnswer(response, failed);
  }
}

function writeAnswer(response: ServerResponse, answer: Answer): void {
  // The SDKs read a body only if its content type is JSON.
  const text = answer.body === undefined ? undefined : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...(text === undefined
      ? { 'Content-Length': '0' }
      : {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': String(Buffer.byteLength(text)),
        }),
    ...answer.headers,
  });
  response.end(text);
}

/** The service's error body. The message must not contain `;`, at which the SDK splits. */
export function errorAnswer(error: HubError, now: number): Answer {
  const stamp = new Date(now).toISOString();
  const [year, month, day] = stamp.slice(0, 10).split('-');
  return {
    status: error.entry.status,
    body: {
      Message: `ErrorCode:${error.errorName};${error.message.replaceAll(';', ',')}`,
      ExceptionMessage: `Tracking ID:${randomBytes(16).toString('hex')}-G:0-TimeStamp:${month}/${day}/${year} ${stamp.slice(11, 19)}`,
    },
    ...(error.entry.status === 401 ? { headers: { 'iothub-errorcode': error.errorName } } : {}),
  };
}
