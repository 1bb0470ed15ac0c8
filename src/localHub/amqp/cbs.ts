import type { HubContext } from '../context';
import { HubError } from '../errors';
import { audiencePath, isWithin, scopeOf } from './addresses';
import { textOf, type Reply, type Request } from './replies';
import type { Login } from './sasl';

const refused = (status: number, description: string, condition: string): Reply => ({
  status,
  description,
  condition,
});

const unauthorized = (description: string): Reply => refused(401, description, 'amqp:unauthorized-access');

/** The body is an AMQP value; a client that puts it into a data section is understood, too. */
function tokenOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const content: unknown =
    typeof body === 'object' && body !== null && 'content' in body ? body.content : undefined;
  return Buffer.isBuffer(content) ? content.toString('utf8') : '';
}

/**
 * `put-token`: checks a token and says what it is good for. The answer to success is 200 and not the 202 of
 * the service, because azure-iothub takes nothing else.
 */
export function putToken(
  context: HubContext,
  request: Request,
): { readonly reply: Reply; readonly login?: Login } {
  const { properties, message } = request;
  if (textOf(properties.operation) !== 'put-token') {
    return { reply: refused(400, 'The only operation here is put-token.', 'amqp:not-implemented') };
  }
  const text = tokenOf(message.body);
  if (/^(bearer\s|jwt)/i.test(text) || textOf(properties.type) === 'jwt') {
    return {
      reply: unauthorized('The local hub takes shared access signatures, not tokens of Microsoft Entra ID.'),
    };
  }
  try {
    const token = context.authenticator.authenticateEventReader(text);
    const signed = scopeOf(audiencePath(token.resource), context.eventHubName);
    const asked = scopeOf(audiencePath(textOf(properties.name)), context.eventHubName);
    // Good for what was both signed and asked for: the narrower of the two, if one holds the other.
    const scope = isWithin(asked, signed) ? asked : signed;
    if (!isWithin(scope, asked)) {
      context.log('info', `AMQP: a token for /${signed.join('/')} was put for /${asked.join('/')}.`);
      return { reply: unauthorized('InvalidAudience: The token is for another audience.') };
    }
    return { reply: { status: 200, description: 'OK' }, login: { scope, expiresAtMs: token.expiresAtMs } };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    context.log('info', `AMQP: refused a token: ${error.message}`);
    return { reply: unauthorized('InvalidToken: The token was refused. The log of the local hub says why.') };
  }
}
